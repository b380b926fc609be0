-- wrk: reports that somebody is back from a journey, of households drawn by lot from a file with a code a line; several at a time as an
-- array, one by itself as an object.
local households = {}
local each = 1
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do households[#households + 1] = line end
  each = tonumber(arguments[2])
  math.randomseed(tonumber(arguments[3]) + number)
  wrk.headers["Content-Type"] = "application/json"
end

local function fact()
  return string.format(
    '{"id":"%08x-%04x-4%03x-a%03x-%012x","kind":"returned","household":"%s","at":"%s","source":"grid:210682-004-01",'
      .. '"data":{"from":"330100","risk":"low"}}',
    math.random(0, 0xffffffff), math.random(0, 0xffff), math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffffffffffff),
    households[math.random(#households)], os.date("!%Y-%m-%dT%H:%M:%SZ"))
end

function request()
  local facts = {}
  for i = 1, each do facts[i] = fact() end
  local body = table.concat(facts, ",")
  return wrk.format("POST", "/api/facts", nil, each > 1 and "[" .. body .. "]" or body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
