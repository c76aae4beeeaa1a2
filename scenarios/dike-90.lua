-- SPDX-License-Identifier: BSD-2-Clause
-- Nine of ten queries to a zone's servers are lost for an hour: up to half of the clients survive, and the servers see up to
-- eight times as many queries.

local outage = require "lib.dike"(90, "at 90 % loss up to half of the clients get answers, for up to 8 times the queries")

outage.expect("some names fail and some do not", "13:00", "14:00", function(run, a, b)
	local share = outage.failed(run, a, b)
	return share > 0.1 and share < 0.95, ("%.1f %% of the names failed at least once"):format(100 * share)
end, { mitigation = "none" })
outage.expect("the servers get not more than about eight times their load", "12:00", "14:00", function(run)
	local before = run:upstream("12:30", "13:00", { zone = "cachetest.nl." })
	local during = run:upstream("13:30", "14:00", { zone = "cachetest.nl." })
	return during < 12 * before, ("%.1f times"):format(during / before)
end, { mitigation = "none" })
-- Between a third (PowerDNS 4.8) and two in five: they differ in how often they ask again, and for how long. Unbound is not
-- among them: it may find both servers dead, and then asks each twice in a quarter of an hour, until they are well again.
-- That is its own: with `infra-host-ttl: 120` or `infra-keep-probing: yes` it goes on asking.
for _, name in ipairs { "bind", "knot", "powerdns" } do
	outage.knows(name, "any", "three in ten are answered, for several times the load", "13:30", "14:00", function(run, a, b)
		local first = run:count("queries", a, b) - run:count("retries", a, b)
		local before = run:upstream("12:30", "13:00", { zone = "cachetest.nl." })
		return run:count("noerror", a, b) > 0.3 * first and run:upstream(a, b, { zone = "cachetest.nl." }) > 2 * before
	end, { because = "it goes on asking both servers", mitigation = "none" })
end
