-- Sends a different body and token with every request.
local tokens = {}
for token in io.lines(os.getenv("TOKENS")) do
  tokens[#tokens + 1] = "Bearer " .. token
end

local turn = 0
local headers = { ["content-type"] = "application/json" }

function request()
  turn = turn + 1
  headers["authorization"] = tokens[turn % #tokens + 1]
  local body = '{"skuId":"LAMP","quantity":1,"note":"buyer ' .. turn .. '"}'
  return wrk.format("POST", "/api/v1/reservations", headers, body)
end
