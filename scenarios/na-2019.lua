-- SPDX-License-Identifier: BSD-2-Clause
-- .na, 8 July 2019: the zone had no DNSKEY RRset for about four hours, and a DS in the root. When it began is not in our notes.

local outage = require "lib.outage"

local begins = param("begins", "08:00") -- not known
local ends = param("ends", "12:00") -- about four hours later

outage.story {
	name = "na-2019",
	title = ".na, 8 July 2019: no DNSKEY under a DS",
	teaches = "nothing fails until the cached DNSKEY runs out: its TTL is the time that is left to mend it",
	sources = { "ianix.com/pub/dnssec-outages/20190708-na" },
	from = "2019-07-08T07:30Z",
	to = "2019-07-08T14:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local na = outage.registry("na.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = param("dnskey_ttl", 3600), nsec = 3600, negative = 3600 }, -- not known
	names = 10000,
})
outage.users { zone = na, outside = net, nxdomain = 0.03, popular = 100, fresh = 0.05 }

outage.at(begins, na:fault("no-dnskey", { to = ends }))

outage.well_before("07:35", "08:00")
outage.expect("a warm cache has the keys and does not care yet", "08:00", "08:25", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end)
outage.names_fail("when they have run out, all names fail that nobody asked for before",
	"08:40", "12:00", "fresh-unsigned", 0.95, 1, { mitigation = "none" })
outage.cd_is_answered("08:40", "12:00")
outage.nta("na.", "10:00", { "10:05", "12:00" })
-- PowerDNS keeps a missing or wrong key for an hour, and what came of it for another: two hours until its last failure.
outage.well_after("14:05", "14:29")
