# Tries the client of openapi-generator's `ruby` with a service; arguments: URL, largest figure.
require "json"
require "uri"
require "openapi_client"

base, largest = ARGV
def check(holds, what)
  raise what unless holds
end
configuration = OpenapiClient::Configuration.new
address = URI(base)
configuration.scheme = address.scheme
configuration.host = "#{address.host}:#{address.port}"
configuration.server_index = nil
# Without this, lists are written in an unusual way: driver[0]=...
configuration.params_encoding = :multi
client = OpenapiClient::ApiClient.new(configuration)
waves = OpenapiClient::WavesApi.new(client)

page = waves.list_waves(driver: ["over_hiring"], country: ["US"], limit: 2)
check page.data.size == 2 && page.meta.count > 2, "two filters"
seen, cursor = [], nil
loop do
  asked = { company: ["meta"], limit: 3 }
  asked[:cursor] = cursor if cursor
  part = waves.list_waves(asked)
  seen |= part.data.map(&:id)
  cursor = part.meta.next_cursor
  next if cursor
  check seen.size == part.meta.count && seen.size > 3, "a walk"
  break
end
check waves.get_wave("meta-2023-03").headcount.low == 10_000, "a record"
check waves.get_wave("meta-2023-03", as_of: "1").revision == 1, "as of a revision"
begin
  waves.get_wave("meta-2023-03", as_of: "2020-01-01")
  check false, "as of a day before the first revision"
rescue OpenapiClient::ApiError => refused
  check refused.code == 404, "404"
  check JSON.parse(refused.response_body)["code"] == "unknown_revision", "its problem"
end
begin
  waves.list_waves(driver: ["over_hirng"])
  check false, "an unknown code"
rescue OpenapiClient::ApiError => refused
  problem = OpenapiClient::Problem.build_from_hash(JSON.parse(refused.response_body, symbolize_names: true))
  check refused.code == 400 && problem.errors[0].suggested_value == "over_hiring", "what was meant"
end
groups = waves.get_statistics(["year"])
check groups.data.sum(&:waves) == groups.meta.count, "statistics"
check OpenapiClient::SearchApi.new(client).search("meta platforms").data[0].id == "meta", "search"
listed = OpenapiClient::CompaniesApi.new(client).list_indicators(company: ["meta"], limit: 200)
check listed.data.map(&:high).compact.max == Float(largest), "large figures"
puts "ok"
