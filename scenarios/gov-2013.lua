-- .gov, 14 August 2013, a morning: the zone was signed with algorithm 8 only, while the DS in the root still listed one of algorithm
-- 7. RFC 6840 section 5.11 tells validators to be content with one good path; those that wanted every algorithm of the DS set to be
-- there (Unbound's harden-algo-downgrade, which was on by default then and is off in later versions) called it bogus.

local outage = require "lib.outage"

local begins = param("begins", "12:00") -- "a morning" in Washington: not known to the hour
local ends = param("ends", "16:00") -- not known

outage.story {
	name = "gov-2013",
	title = ".gov, 14 August 2013: the DS lists an algorithm that nothing is signed with",
	teaches = "the same zone is secure to one validator and bogus to another, by a setting of its own",
	sources = { "internetsociety.org, August 2013", "RFC 6840 section 5.11" },
	from = "2013-08-14T11:00Z",
	to = "2013-08-14T18:00Z",
}

-- A resolver meets the DS when the one that it has runs out: of an hour here, so that the morning has it. In the root it is a day.
local root = outage.root { ttl = { delegation = 172800, ds = param("ds_ttl", 3600), dnskey = 172800, nsec = 86400, negative = 86400 } }
local net = outage.beside("net.", root)
local gov = outage.registry("gov.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 }, -- not known
	names = 5000,
	signed_share = 0.8,
})
outage.users { zone = gov, outside = net, nxdomain = 0.03, popular = 100, fresh = 0.05 }

outage.at(begins, gov:fault("algo-set-incomplete", { algorithm = "rsasha1-nsec3-sha1", to = ends }))

mitigation("every-algorithm", {
	about = "Unbound with harden-algo-downgrade, as it was by default in 2013",
	settings = { unbound = "server:\n    harden-algo-downgrade: yes\n" },
})

outage.well_before("11:05", "12:00")
outage.expect("one good path is enough for today's resolvers", "13:10", "16:00", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "none" })
outage.names_fail("who wants every algorithm fails", "13:10", "16:00", "fresh-unsigned", 0.95, 1, { mitigation = "every-algorithm" })
outage.well_after("17:10", "17:59")
