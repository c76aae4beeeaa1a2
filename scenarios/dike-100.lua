-- SPDX-License-Identifier: BSD-2-Clause
-- All queries to a zone's servers are lost for an hour: only what is cached is left, for a TTL.

local outage = require "lib.dike"(100, "at 100 % loss the TTL is the whole defence: every minute of it is a minute of service")

outage.expect("the cache carries about half an hour", "13:00", "13:10", function(run, a, b)
	local first = run:count("queries", a, b) - run:count("retries", a, b)
	return run:count("noerror", a, b) > 0.5 * first
end)
outage.expect("nothing is answered when the TTL is over", "13:31", "14:00", function(run, a, b)
	return run:share("noerror", a, b) < 0.02
end, { mitigation = "none" })
outage.expect("stale answers carry the rest, where they are given", "13:31", "14:00", function(run, a, b)
	return run:share("stale", a, b) > 0.3 or run.resolver == "knot" -- whose module gave none
end, { mitigation = "serve-stale" })
