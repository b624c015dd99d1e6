import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.CompaniesApi;
import org.openapitools.client.api.CompaniesApi.APIListIndicatorsRequest;
import org.openapitools.client.api.SearchApi;
import org.openapitools.client.api.SearchApi.APISearchRequest;
import org.openapitools.client.api.WavesApi;
import org.openapitools.client.api.WavesApi.APIGetStatisticsRequest;
import org.openapitools.client.api.WavesApi.APIGetWaveRequest;
import org.openapitools.client.api.WavesApi.APIListWavesRequest;
import org.openapitools.client.model.Indicator;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.Statistics;
import org.openapitools.client.model.StatisticsGroup;
import org.openapitools.client.model.StatisticsGroupBy;
import org.openapitools.client.model.WaveList;

/** What a client made by openapi-generator's `java` does at a service: URL and the largest figure. */
public class Smoke {
    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static APIGetWaveRequest wave(String asOf) {
        return APIGetWaveRequest.newBuilder().id("meta-2023-03").asOf(asOf).build();
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        WavesApi waves = new WavesApi(client);
        WaveList page = waves.listWaves(APIListWavesRequest.newBuilder()
            .driver(List.of("over_hiring")).country(List.of("US")).limit(2).build());
        check(page.getMeta().getCount() > 2 && page.getData().size() == 2, "two filters");
        check(!page.getLinks().getSelf().toString().contains("seed"), "no default is sent");
        Set<String> seen = new HashSet<>();
        String cursor = null;
        long count;
        do {
            WaveList part = waves.listWaves(APIListWavesRequest.newBuilder()
                .company(List.of("meta")).limit(3).cursor(cursor).build());
            part.getData().forEach(one -> seen.add(one.getId()));
            cursor = part.getMeta().getNextCursor();
            count = part.getMeta().getCount();
        } while (cursor != null);
        check(seen.size() == count && count > 3, "a walk");
        check(waves.getWave(wave(null)).getHeadcount().getLow() == 10000L, "a record");
        check(waves.getWave(wave("1")).getRevision() == 1L, "as of a revision");
        try {
            waves.getWave(wave("2020-01-01"));
            throw new AssertionError("as of a day before the first revision");
        } catch (ApiException refused) {
            check(refused.getCode() == 404, "404");
            check(problem(client, refused).getCode().equals("unknown_revision"), "its problem");
        }
        try {
            waves.listWaves(APIListWavesRequest.newBuilder().driver(List.of("over_hirng")).build());
            throw new AssertionError("an unknown code");
        } catch (ApiException refused) {
            check(refused.getCode() == 400, "400");
            String meant = problem(client, refused).getErrors().get(0).getSuggestedValue();
            check("over_hiring".equals(meant), "what was meant");
        }
        Statistics groups = waves.getStatistics(APIGetStatisticsRequest.newBuilder()
            .groupBy(List.of(StatisticsGroupBy.STATISTICS_GROUP_BY_YEAR)).build());
        long total = groups.getData().stream().mapToLong(StatisticsGroup::getWaves).sum();
        check(total == groups.getMeta().getCount(), "statistics");
        String found = new SearchApi(client)
            .search(APISearchRequest.newBuilder().q("meta platforms").build()).getData().get(0).getId();
        check(found.equals("meta"), "search");
        double largest = new CompaniesApi(client).listIndicators(APIListIndicatorsRequest.newBuilder()
            .company(List.of("meta")).limit(200).build()).getData().stream()
            .map(Indicator::getHigh).filter(one -> one != null).mapToDouble(Double::doubleValue)
            .max().orElse(0);
        check(largest == Double.parseDouble(arguments[1]), "large figures: " + largest);
        System.out.println("ok");
    }

    private static Problem problem(ApiClient client, ApiException refused) throws Exception {
        return client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
    }
}
