-- SPDX-License-Identifier: BSD-2-Clause
-- .gov, 14 August 2013: an algorithm rollover on one side. The zone was signed with algorithm 8 only while the root
-- still had the DS of algorithm 7 (internetsociety.org, 2013/08). Resolvers differed: RFC 6840 section 5.11 wants one
-- good path, some validators want a signature of each algorithm in the DS RRset.
--
-- Known: the day and the algorithms. That resolvers differed means that the DS of algorithm 8 was there already;
-- without it (--set both_ds=false) every validator fails.

local dropped = param("dropped", "2013-08-14T12:00Z") -- "a morning" in America: the hour is not published
local both_ds = param("both_ds", true)
local ttl = param("ttl", 86400) -- of all: not published
local delay = param("delay", "0s") -- until the last server has a change: not published

rollover {
	name = "gov-2013",
	title = ".gov, August 2013: algorithm 7 stops signing before its DS is gone",
	zone = "gov.",
	from = "2013-08-01T00:00Z",
	ttl = { dnskey = ttl, ds = ttl, zone = ttl, negative = 3600 },
	propagation = { zone = delay, parent = delay },
}

key("ksk-7", { role = "ksk", algorithm = "RSASHA1-NSEC3-SHA1", remove = dropped, ds_out = "2013-08-16T00:00Z" })
key("zsk-7", { role = "zsk", algorithm = "RSASHA1-NSEC3-SHA1", remove = dropped })
key("ksk-8", {
	role = "ksk", algorithm = "RSASHA256",
	publish = "2013-08-06T00:00Z",
	ds_in = both_ds and "2013-08-10T00:00Z" or "2013-08-16T00:00Z",
})
key("zsk-8", { role = "zsk", algorithm = "RSASHA256", sign = "2013-08-02T00:00Z", publish = "2013-08-06T00:00Z" })
