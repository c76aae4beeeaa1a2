-- SPDX-License-Identifier: BSD-2-Clause
-- "When the Dike Breaks" (IMC 2018): the servers of a zone lose a share of their queries for an hour. `dike-50`, `dike-90` and
-- `dike-100` are three losses.
--
-- The zone's TTL of 1800 s and two servers follow the experiment with a warm cache; a question for each name every ten minutes,
-- as its probes asked, is the rate below.

local outage = require "lib.outage"

return function(loss, text)
	outage.story {
		name = ("dike-%d"):format(loss),
		title = ("A zone's servers lose %d %% of their queries for an hour"):format(loss),
		teaches = text,
		sources = { "Moura et al., When the Dike Breaks: Dissecting DNS Defenses During DDoS, IMC 2018" },
		from = "2018-06-01T11:53Z",
		to = "2018-06-01T15:00Z",
	}

	local root = outage.root()
	local nl = outage.beside("nl.", root)
	local names = param("names", 1200)
	local zone = outage.company("cachetest.nl.", nl, {
		signed = false,
		ttl = { delegation = 3600, ns = 3600, negative = 60, address = param("address_ttl", 1800) },
		wildcard = { names = names },
		server_count = 2,
	})
	traffic {
		zone = zone,
		rate = param("rate", 2), -- each name once in ten minutes
		clients = param("clients", 1200),
		names = zipf { exponent = 0, count = names },
		stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
	}

	outage.at("13:00", zone:fault("authority-drop", { share = loss / 100, to = "14:00" }))

	outage.well_before("12:10", "13:00")
	outage.well_after("14:35", "14:59")
	return outage
end
