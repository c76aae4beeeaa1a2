-- SPDX-License-Identifier: BSD-2-Clause
-- .ru, 16 August 2019: for two hours the zone was published without signatures, under the DS that it had. From 14:12:54 to
-- 16:18:38 UTC, as an observer saw it; the delegation's TTL was 21600. Other TTLs, and the share of signed names, were not
-- written down.
local outage = require "lib.outage"

outage.story {
	name = "ru-2019",
	title = ".ru, 16 August 2019: the signatures are gone",
	teaches = "a zone without signatures under a DS is bogus, not insecure: what is lost at the signer cannot be waved through",
	sources = { "ianix.com/pub/dnssec-outages/20190816-ru" },
	from = "2019-08-16T12:30Z",
	to = "2019-08-16T18:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local ru = outage.registry("ru.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 21600, ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 },
	server_count = 6,
	names = 5000000,
})
outage.users { zone = ru, outside = net, nxdomain = 0.03 }

outage.at("14:12:54", ru:fault("rrsig-no-all", { to = "16:18:38" }))

outage.well_before("12:40", "14:12")
outage.names_fail("names that nobody asked for before fail, all of them", "15:20", "16:18", "fresh-unsigned", 0.98)
outage.names_fail("and so do signed ones", "15:20", "16:18", "fresh-signed", 0.98)
outage.cd_is_answered("14:14", "16:18")
outage.well_after("18:10", "18:29")
