-- SPDX-License-Identifier: BSD-2-Clause
-- .au, 18 September 2023: from 00:05 to 00:52 the zone was signed with a key that it did not publish. The source speaks of the
-- apex, and of the whole zone; with apex_only = true only the records of au. itself are wrong. The NSEC3 of the apex is one
-- of them, and part of every proof that a name has no DS or does not exist.

local outage = require "lib.outage"

local apex_only = param("apex_only", false)

outage.story {
	name = "au-2023",
	title = ".au, 18 September 2023: 47 minutes of signatures by an unpublished key",
	teaches = "short faults are carried by caches: what a resolver asked for within its TTLs does not fail",
	sources = { "cctld.ru, news 35046" },
	from = "2023-09-17T22:30Z",
	to = "2023-09-18T03:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local au = outage.registry("au.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 86400, ds = 900, dnskey = 3600, nsec3 = 900, negative = 900 }, -- TTLs: not in the source
	names = 3500000,
})
outage.users { zone = au, outside = net, nxdomain = 0.03 }

outage.at("00:05", au:fault("sig-by-unpublished-key", { names = apex_only and { "au." } or nil, to = "00:52" }))

outage.well_before("22:40", "00:05")
outage.names_fail("unsigned names that nobody asked for before fail", "00:25", "00:52", "fresh-unsigned", 0.97)
outage.names_fail("names that do not exist fail", "00:25", "00:52", "nxdomain", 0.97)
outage.expect("signed ones too, unless only the apex is wrong", "00:25", "00:52", function(run, a, b)
	local share = outage.failed(run, a, b, "fresh-signed")
	return apex_only and share < 0.5 or share > 0.97
end)
outage.expect("who is asked for often does better", "00:06", "00:52", function(run, a, b)
	return outage.failed(run, a, b, "signed") < outage.failed(run, a, b, "fresh-signed")
end)
outage.cd_is_answered("00:06", "00:52")
outage.cd_fails_in_powerdns("00:06", "00:52")
outage.well_after("01:30", "03:29")
