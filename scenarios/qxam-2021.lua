-- SPDX-License-Identifier: BSD-2-Clause
-- .xn--qxam (.ελ), 1 August 2021: from 16:43:27 to 21:14:12 UTC the zone was published without signatures, under a DS.

local outage = require "lib.outage"

outage.story {
	name = "qxam-2021",
	title = ".xn--qxam, 1 August 2021: an unsigned zone under a DS",
	teaches = "to who does not validate, an unsigned zone is perfect: monitoring must ask with DO, and check",
	sources = { "ianix.com/pub/dnssec-outages/20210801-xn--qxam" },
	from = "2021-08-01T15:30Z",
	to = "2021-08-01T23:45Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local qxam = outage.registry("xn--qxam.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 }, -- not known
	names = 20000,
})
outage.users { zone = qxam, outside = net, nxdomain = 0.03, popular = 100, fresh = 0.05 }

outage.at("16:43:27", qxam:fault("unsigned-copy", { to = "21:14:12" }))

outage.well_before("15:35", "16:43")
outage.names_fail("names that nobody asked for before fail, all of them", "17:50", "21:14", "fresh-unsigned", 0.95)
outage.names_fail("and names that do not exist", "17:50", "21:14", "nxdomain", 0.95)
outage.cd_is_answered("16:50", "21:14")
-- PowerDNS keeps a missing or wrong key for an hour, and what came of it for another: two hours until its last failure.
outage.well_after("23:20", "23:44")
