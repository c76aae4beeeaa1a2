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
local function stale(resolver, versions, text, least, most, because)
	outage.knows(resolver, versions, text, "13:31", "14:00", function(run, a, b)
		local share = run:share("stale", a, b)
		return share >= least and share <= most
	end, { because = because, mitigation = "serve-stale" })
end
for _, name in ipairs { "unbound", "bind", "powerdns" } do
	stale(name, "any", "stale answers carry the rest", 0.3, 1, "its servers give no answer, which is what serve-stale is for")
end
stale("knot", "< 6", "its module gives hardly a stale answer", 0, 0.05, "seen in 5.6.0, and in 'sigfault run dark'")
