-- SPDX-License-Identifier: BSD-2-Clause
-- Half of the queries to a zone's servers are lost for an hour: almost all clients survive.

local outage = require "lib.dike"(50, "at 50 % loss caches and retries hide it from almost everybody")

local function failed(resolver, versions, text, least, most, because)
	outage.knows(resolver, versions, text, "13:00", "14:00", function(run, a, b)
		local share = outage.failed(run, a, b)
		return share >= least and share < most, ("%.1f %% of the names failed at least once"):format(100 * share)
	end, { because = because })
end
for _, name in ipairs { "unbound", "bind", "knot" } do
	failed(name, "any", "almost all names are resolved", 0, 0.05, "it asks both servers, several times")
end
failed("powerdns", "< 4.9", "about one name in eight fails at least once", 0.05, 0.2, "it asks a server less often")
outage.expect("most names are resolved", "13:00", "14:00", function(run, a, b)
	return outage.failed(run, a, b) < 0.5
end)
outage.expect("the servers get more than before, and less than eight times as much", "12:00", "14:00", function(run)
	local before = run:upstream("12:30", "13:00", { zone = "cachetest.nl." })
	local during = run:upstream("13:30", "14:00", { zone = "cachetest.nl." })
	return during > 1.2 * before and during < 8 * before, ("%.1f times"):format(during / before)
end, { mitigation = "none" })
