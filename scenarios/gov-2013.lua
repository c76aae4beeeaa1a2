-- SPDX-License-Identifier: BSD-2-Clause
-- .gov, 14 August 2013, a morning: the zone was signed with algorithm 8 only, while the DS in the root still listed one of
-- algorithm 7. RFC 6840 section 5.11 tells validators to be content with one good path; those that want every algorithm of
-- the DS set to be there (Unbound's harden-algo-downgrade, which is off unless told otherwise) call it bogus.

local outage = require "lib.outage"

local begins = param("begins", "12:00") -- "a morning" in Washington: not known to the hour

outage.story {
	name = "gov-2013",
	title = ".gov, 14 August 2013: the DS lists an algorithm that nothing is signed with",
	teaches = "the same zone is secure to one validator and bogus to another, by a setting of its own",
	sources = { "internetsociety.org, August 2013", "RFC 6840 section 5.11" },
	from = "2013-08-14T10:53Z",
	to = "2013-08-14T16:00Z",
}

-- A resolver meets the DS when the one that it has runs out: after an hour here, and a day in the real root.
local root = outage.root {
	ttl = { delegation = 172800, ds = param("ds_ttl", 3600), dnskey = 172800, nsec = 86400, negative = 86400 },
}
local net = outage.beside("net.", root)
local gov = outage.registry("gov.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 }, -- not known
	names = 5000,
	signed_share = 0.8,
})
outage.users { zone = gov, outside = net, nxdomain = 0.03, popular = 100, fresh = 0.05 }

outage.at(begins, gov:fault("algo-set-incomplete", { algorithm = "rsasha1-nsec3-sha1" }))

mitigation("every-algorithm", {
	about = "Unbound with harden-algo-downgrade, which wants all of them",
	settings = { unbound = "server:\n    harden-algo-downgrade: yes\n" },
})

outage.well_before("11:05", "12:00")
for _, name in ipairs { "unbound", "bind", "knot", "powerdns" } do
	outage.knows(name, "any", "one good path is enough", "13:10", "15:59", function(run, a, b)
		return run:share("servfail", a, b) < 0.01
	end, { because = "RFC 6840, section 5.11", mitigation = "none" })
end
outage.knows("unbound", "any", "told to want every algorithm, it fails", "13:10", "15:59", function(run, a, b)
	return outage.failed(run, a, b, "fresh-unsigned") > 0.95
end, { because = "harden-algo-downgrade is what RFC 6840 advises against", mitigation = "every-algorithm" })
