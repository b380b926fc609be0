-- wrk: asks for the addresses in a file, one after the other and round again, each thread from another place on. A line is a path, or a
-- path and the ETag to send with it, with a tab between.
local requests = {}
local at = 0
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, etag = line:match("^([^\t]+)\t?(.*)$")
    -- headers of a request's own stand in place of those of the command line, which name the caller
    local headers = {}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    if etag ~= "" then headers["If-None-Match"] = etag end
    if arguments[2] then headers["Accept-Encoding"] = arguments[2] end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
  at = number * math.floor(#requests / 2)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
