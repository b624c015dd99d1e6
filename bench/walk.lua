-- Asks for the paths of a file in order, from a given place on, and reports one line of JSON.
-- Arguments: file, place of the first path, most requests (0 is no bound).
local requests, at, most, sent = {}, 0, 0, 0

function init(arguments)
    for path in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
    at, most = tonumber(arguments[2]), tonumber(arguments[3])
end

function request()
    if most > 0 and sent >= most then
        wrk.thread:stop()
    end
    sent = sent + 1
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"errors":%d}\n',
        summary.requests,
        summary.duration / 1e6,
        latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout
    ))
end
