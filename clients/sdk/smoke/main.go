// Smoke tries the client of openapi-generator's `go` with a service; arguments: URL, largest figure.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	ledger "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func check(holds bool, what string) {
	if !holds {
		panic(what)
	}
}

func problem(err error) ledger.Problem {
	refused, isRefused := err.(*ledger.GenericOpenAPIError)
	check(isRefused, fmt.Sprint(err))
	told, isProblem := refused.Model().(ledger.Problem)
	check(isProblem, "a typed problem")
	return told
}

func main() {
	configuration := ledger.NewConfiguration()
	configuration.Servers = ledger.ServerConfigurations{{URL: os.Args[1]}}
	client, background := ledger.NewAPIClient(configuration), context.Background()
	waves := client.WavesAPI

	page, _, err := waves.ListWaves(background).Driver([]string{"over_hiring"}).
		Country([]string{"US"}).Limit(2).Execute()
	check(err == nil, fmt.Sprint(err))
	check(len(page.Data) == 2 && page.Meta.GetCount() > 2, "two filters")

	seen, cursor := map[string]bool{}, ""
	for {
		asked := waves.ListWaves(background).Company([]string{"meta"}).Limit(3)
		if cursor != "" {
			asked = asked.Cursor(cursor)
		}
		part, _, err := asked.Execute()
		check(err == nil, fmt.Sprint(err))
		for _, one := range part.Data {
			seen[one.Id] = true
		}
		if cursor = part.Meta.GetNextCursor(); cursor == "" {
			check(int64(len(seen)) == part.Meta.GetCount() && len(seen) > 3, "a walk")
			break
		}
	}

	wave, _, err := waves.GetWave(background, "meta-2023-03").Execute()
	check(err == nil, fmt.Sprint(err))
	headcount := wave.GetHeadcount()
	check(headcount.GetLow() == 10000, "a record")
	wave, _, err = waves.GetWave(background, "meta-2023-03").AsOf("1").Execute()
	check(err == nil && wave.Revision == 1, "as of a revision")
	_, _, err = waves.GetWave(background, "meta-2023-03").AsOf("2020-01-01").Execute()
	check(problem(err).Code == "unknown_revision", "as of a day before the first revision")
	_, _, err = waves.ListWaves(background).Driver([]string{"over_hirng"}).Execute()
	check(problem(err).Errors[0].GetSuggestedValue() == "over_hiring", "what was meant")

	groups, _, err := waves.GetStatistics(background).
		GroupBy([]ledger.StatisticsGroupBy{ledger.STATISTICS_GROUP_BY_YEAR}).Execute()
	check(err == nil, fmt.Sprint(err))
	total := int64(0)
	for _, group := range groups.Data {
		total += group.Waves
	}
	check(total == groups.Meta.Count, "statistics")

	hits, _, err := client.SearchAPI.Search(background).Q("meta platforms").Execute()
	check(err == nil && hits.Data[0].Id == "meta", "search")

	listed, _, err := client.CompaniesAPI.ListIndicators(background).Company([]string{"meta"}).
		Limit(200).Execute()
	check(err == nil, fmt.Sprint(err))
	largest, expected := 0.0, 0.0
	expected, _ = strconv.ParseFloat(os.Args[2], 64)
	for _, one := range listed.Data {
		if one.GetHigh() > largest {
			largest = one.GetHigh()
		}
	}
	check(largest == expected, fmt.Sprint("large figures: ", largest))
	fmt.Println("ok")
}
