-- SPDX-License-Identifier: BSD-2-Clause
-- .al, 3 July 2026: the KSK was withdrawn and another one published, while the root's DS still named the first; later
-- there was no DNSKEY RRset at all, and then the DS was taken out of the root (Cloudflare, post on the .al outage and
-- EDE 33, July 2026). Who had fetched that DS failed until it ran out.
--
-- Known: about 14:15 UTC for the keys, about 17:00 for none of them, about 19:15 for the DS. TTLs, algorithm and whether
-- the zone was signed when there was no key are not.

local swap = param("swap", "2026-07-03T14:15Z")
local no_keys = param("no_keys", "2026-07-03T17:00Z")
local ds_out = param("ds_out", "2026-07-03T19:15Z")
local ds_ttl = param("ds_ttl", 86400) -- that of the root's DS records
local dnskey_ttl = param("dnskey_ttl", 3600) -- not known
local zone_ttl = param("zone_ttl", 86400) -- not known
local delay = param("delay", "0s") -- until the last server has a change: not known

rollover {
	name = "al-2026",
	title = ".al, July 2026: another KSK under the old one's DS, then no keys, then no DS",
	zone = "al.",
	from = "2026-07-03T00:00Z",
	ttl = { dnskey = dnskey_ttl, ds = ds_ttl, zone = zone_ttl, negative = 3600 },
	propagation = { zone = delay, parent = delay },
}

key("withdrawn", { role = "ksk", algorithm = "RSASHA256", remove = swap, ds_out = ds_out })
key("other", { role = "ksk", algorithm = "RSASHA256", publish = swap, remove = no_keys })
key("zsk", { role = "zsk", algorithm = "RSASHA256", remove = no_keys })
