-- SPDX-License-Identifier: BSD-2-Clause
-- .al, 3 July 2026. At about 14:15 UTC the zone's old KSK (tag 26319) was withdrawn and another published, while the DS in
-- the root still named the old one; at about 17:00 there was no DNSKEY RRset at all. A large public resolver set a negative
-- trust anchor at 17:15. At about 19:15 the DS was taken out of the root, which made the zone insecure; the anchor was removed
-- the next day.
--
-- To who validates, the DS names a key that is not there: the DNSKEY RRset has a KSK, signed by itself, and no DS of it. TTLs and
-- algorithm are not in our notes; the tag is left out, as no RSASHA256 key with the usual exponent can have it and other
-- algorithms' tags cannot be chosen. How long a resolver that had the DS in its cache went on failing is its TTL's doing: param
-- ds_ttl.

local outage = require "lib.outage"

local ds_ttl = param("ds_ttl", 86400) -- of the root's DS records
local dnskey_ttl = param("dnskey_ttl", 3600) -- not known

outage.story {
	name = "al-2026",
	title = ".al, 3 July 2026: another KSK under the old one's DS, then no keys, then no DS",
	teaches = "taking the DS out cures new caches only; who has it goes on failing until it runs out, or flushes",
	sources = { "Cloudflare, post on the .al outage and EDE 33, July 2026" },
	from = "2026-07-03T13:30Z",
	to = "2026-07-04T18:30Z",
}

local root = outage.root { ttl = { delegation = 172800, ds = ds_ttl, dnskey = 172800, nsec = 86400, negative = 86400 } }
local net = outage.beside("net.", root)
local al = outage.registry("al.", root, {
	ttl = { delegation = 86400, ds = 3600, dnskey = dnskey_ttl, nsec3 = 3600, negative = 3600 },
	ksk = {
		withdrawn = { removed = "2026-07-03T14:15Z", ds = { to = "2026-07-03T19:15Z" } },
		other = { published = "2026-07-03T14:15Z", ds = false },
	},
	names = 30000,
})
outage.users { zone = al, outside = net, nxdomain = 0.03, rate = 0.5, popular = 100, fresh = 0.05 }

outage.at("17:00", al:fault("no-dnskey"))

-- The anchor of that resolver, and when "the next day" it was removed: 10:00 is our choice.
mitigation("nta", function()
	outage.at("17:15", resolver:nta "al.")
	outage.at("2026-07-04T10:00Z", resolver:nta_remove "al.")
end)
mitigation("flush-late", {
	about = "an operator empties the cache of the zone when the DS is out of the root",
	operator = function()
		outage.at("19:20", resolver:flush "al.")
	end,
})

outage.well_before("13:35", "14:15")
outage.names_fail("when the keys have run out, names that nobody asked for before fail", "15:20", "17:10", "fresh-unsigned", 0.95)
outage.names_fail("the DS is out, and who has it in the cache still fails", "19:20", "23:30", "fresh-unsigned", 0.95, 1,
	{ mitigation = "none" })
outage.expect("a cache without it is well at once", "19:30", "23:30", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "flush-late" })
outage.expect("the anchor and a flush end it", "17:20", "23:30", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "nta-flush" })
outage.expect("it is over when the DS has run out", "2026-07-04T14:30Z", "2026-07-04T15:59Z", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "none" })
-- Whose flush came with the anchor at 17:15 fetched the DS anew, and fails with it when the anchor goes at 10:00.
outage.well_after("2026-07-04T17:40Z", "2026-07-04T18:29Z")
