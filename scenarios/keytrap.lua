-- SPDX-License-Identifier: BSD-2-Clause
-- KeyTrap, CVE-2023-50387: a zone with many keys of one tag, and many signatures that none of them made, so that every key
-- is to be tried with every signature. Resolvers have caps since: Unbound 4 keys of a tag for a DS and 8 tries for an RRset,
-- PowerDNS 2 keys and 2 signatures, Knot Resolver 32 tries for a question.
--
-- Steps of more and more of both. In each an attacker asks for fresh names of the trap, about one a second, and others for names
-- outside. Every RRset of the zone is a trap but the DNSKEY RRset, which its KSK signs; an answer out of the wildcard has two of
-- them, the address and the NSEC that goes with it. Computing takes time, as with --charge-cpu.

local outage = require "lib.outage"
local cost = require "lib.cost"

local steps = cost.steps(param("steps", "1x1,4x4,8x8,16x16,32x32,64x64,128x128")) -- keys x signatures

outage.story {
	name = "keytrap",
	title = "KeyTrap, 2023: keys of one tag times signatures that none of them made",
	teaches = "caps turn the attack into a failure of the attacker's own zone; everybody else is to be answered as before",
	sources = { "CVE-2023-50387", "release notes of Unbound 1.19.1 and Knot Resolver 5.7.1" },
	from = "2024-02-16T12:00Z",
	to = cost.over(steps),
	charge_cpu = 1,
}

local root = outage.root()
local com = outage.beside("com.", root)
local trap = outage.company("trap.com.", com, {
	algorithm = param("algorithm", "ED25519"), -- with ECDSAP384SHA384 each try costs more
	denial = "nsec",
	ttl = { delegation = 3600, ds = 60, dnskey = 60, nsec = 60, negative = 60, address = 60 },
	server_count = 2,
})
cost.users(trap, com, function(share)
	return { fresh = share }
end)

cost.climb(steps, function(step, over)
	return trap:fault("keytrap", { keys = step[1], sigs = step[2], to = over })
end)

mitigation("no-caps", {
	about = "PowerDNS without its caps: what there is to lose",
	settings = {
		powerdns = "max-rrsigs-per-record=1000\nmax-dnskeys=1000\nmax-signature-validations-per-query=1000000\n",
	},
})

cost.report(steps, { class = "fresh-signed", zone = "trap.com.", head = "keys x sigs" })
cost.expect_others_answered(steps)
cost.expect_in_each(steps, "no name of the trap is validated", function(run, from, to)
	return run:count("ad", from, to, { class = "fresh-signed" }) == 0
end)
