-- SPDX-License-Identifier: BSD-2-Clause
-- Half of the queries to a zone's servers are lost for an hour: almost all clients survive.

local outage = require "lib.dike"(50, "at 50 % loss caches and retries hide it from almost everybody")

outage.expect("almost all names are resolved", "13:00", "14:00", function(run, a, b)
	return outage.failed(run, a, b) < (run.resolver == "powerdns" and 0.2 or 0.05) -- seen there: 13 %
end)
outage.expect("the servers get more than before, and less than eight times as much", "12:00", "14:00", function(run)
	local before = run:upstream("12:30", "13:00", { zone = "cachetest.nl." })
	local during = run:upstream("13:30", "14:00", { zone = "cachetest.nl." })
	return during > 1.2 * before and during < 8 * before, ("%.1f times"):format(during / before)
end, { mitigation = "none" })
