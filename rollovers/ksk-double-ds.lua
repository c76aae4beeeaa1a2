-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 7583 section 3.3.2: the DS of the new KSK comes first; when every cache has it the keys change places; the old
-- DS goes when the old DNSKEY RRset has left the caches.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay, parent_delay = 10 * 60, 1 * H -- Dprp, DprpP

rollover {
	name = "ksk-double-ds",
	title = "A KSK by the double-DS method",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local ds_in = 1 * D
local swap = ds_in + parent_delay + ttl.ds -- IpubP
local ds_out = swap + zone_delay + ttl.dnskey -- Iret

key("ksk-old", { role = "ksk", remove = swap, ds_out = ds_out })
key("ksk-new", { role = "ksk", publish = swap, ds_in = ds_in })
key("zsk", { role = "zsk" })
