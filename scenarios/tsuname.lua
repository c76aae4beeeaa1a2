-- SPDX-License-Identifier: BSD-2-Clause
-- tsuNAME, 2020: two domains named servers in each other, without glue. Resolvers that did not see the loop asked round and
-- round: the traffic of .nz rose by half, for two domains.
--
-- Resolvers of today have limits, and what they make of it is measured here. The day is not in our notes, nor the domains'
-- TTLs.

local outage = require "lib.outage"

local share = param("share", 0.1) -- of the questions are for the two domains

outage.story {
	name = "tsuname",
	title = "tsuNAME, 2020: two domains whose servers are in each other",
	teaches = "a loop costs the zone above it, not those who made it: what a resolver remembers of a failure decides how much",
	sources = { "Moura et al., tsuNAME: exploiting misconfiguration and vulnerability to DDoS DNS, IMC 2021" },
	from = "2020-02-01T10:03Z",
	to = "2020-02-01T14:00Z",
}

local root = outage.root()
local nz = outage.registry("nz.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = param("delegation_ttl", 3600), ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 },
	names = 100000,
})
local function domain(name, net)
	return outage.company(name, nz, {
		signed = false,
		ttl = { delegation = 3600, ns = 3600, negative = 300, address = 300 },
		wildcard = { names = 1000 },
		net = net,
		server_count = 2,
	})
end
local one, other = domain("one.nz.", 3), domain("other.nz.", 4)
traffic {
	zone = nz,
	outside = { zone = one, share = share },
	rate = param("rate", 1),
	clients = param("clients", 100),
	names = zipf { exponent = 1.0, count = 200 },
	fresh = 0.1,
	stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
}

outage.at("11:00", one:fault("delegation-loop", { with = other, to = "13:00" }))

outage.well_before("10:10", "11:00")
outage.expect("when the delegations have run out the two domains fail", "12:05", "13:00", function(run, a, b)
	return run:share("noerror", a, b, { class = "outside" }) < 0.05
end)
outage.expect("the others do not", "12:05", "13:00", function(run, a, b)
	return outage.failed(run, a, b, "unsigned") < 0.01
end)
-- Delegations, of an hour, are fetched anew at 11:03 and 12:03: neither lies in a stretch that is compared.
outage.expect("the zone above them pays", "10:20", "13:00", function(run)
	local before = run:upstream("10:20", "11:00", { zone = "nz." }) / 40
	local during = run:upstream("12:10", "13:00", { zone = "nz." }) / 50
	return during > before, ("%.2f times its queries; +50 %% was reported"):format(during / before)
end)
