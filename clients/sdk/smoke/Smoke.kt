// Tries the client of openapi-generator's `kotlin` with a service; arguments: URL, largest figure.
import org.openapitools.client.apis.CompaniesApi
import org.openapitools.client.apis.SearchApi
import org.openapitools.client.apis.WavesApi
import org.openapitools.client.infrastructure.ClientError
import org.openapitools.client.infrastructure.ClientException
import org.openapitools.client.infrastructure.Serializer
import org.openapitools.client.models.Problem
import org.openapitools.client.models.StatisticsGroupBy

fun problem(refused: ClientException): Problem {
    val body = (refused.response as ClientError<*>).body as String
    return Serializer.gson.fromJson(body, Problem::class.java)
}

fun refused(ask: () -> Unit): ClientException =
    try {
        ask()
        throw AssertionError("not refused")
    } catch (refused: ClientException) {
        refused
    }

fun main(arguments: Array<String>) {
    val waves = WavesApi(arguments[0])
    val page = waves.listWaves(driver = listOf("over_hiring"), country = listOf("US"), limit = 2)
    check(page.meta.count!! > 2 && page.data.size == 2) { "two filters" }
    val seen = mutableSetOf<String>()
    var cursor: String? = null
    do {
        val part = waves.listWaves(company = listOf("meta"), limit = 3, cursor = cursor)
        part.data.forEach { seen.add(it.id) }
        cursor = part.meta.nextCursor
        check(cursor != null || seen.size.toLong() == part.meta.count) { "a walk" }
    } while (cursor != null)
    check(waves.getWave("meta-2023-03").headcount!!.low == 10000L) { "a record" }
    check(waves.getWave("meta-2023-03", asOf = "1").revision == 1L) { "as of a revision" }
    val early = refused { waves.getWave("meta-2023-03", asOf = "2020-01-01") }
    check(early.statusCode == 404 && problem(early).code == "unknown_revision") { "404" }
    val statistics = waves.getStatistics(listOf(StatisticsGroupBy.STATISTICS_GROUP_BY_YEAR))
    check(statistics.data.sumOf { it.waves.toLong() } == statistics.meta.count.toLong()) { "statistics" }
    check(SearchApi(arguments[0]).search("meta platforms").data[0].id == "meta") { "search" }
    val series = CompaniesApi(arguments[0]).listIndicators(company = listOf("meta"), limit = 200)
    check(series.data.maxOf { it.high ?: 0.0 } == arguments[1].toDouble()) { "large figures" }
    val mistake = refused { waves.listWaves(driver = listOf("over_hirng")) }
    check(mistake.statusCode == 400) { "400" }
    check(problem(mistake).errors[0].suggestedValue == "over_hiring") { "its suggestion" }
    println("ok")
}
