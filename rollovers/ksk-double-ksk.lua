-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 6781 section 4.1.2, RFC 7583 section 3.3.1: the new KSK is published; when every cache has it the parent
-- changes the DS; the old key goes when the old DS has left the caches.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay, parent_delay = 10 * 60, 1 * H -- Dprp, DprpP

rollover {
	name = "ksk-double-ksk",
	title = "A KSK by the double-KSK method",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local publish = 1 * D
local ds = publish + zone_delay + ttl.dnskey -- IpubC
local remove = ds + parent_delay + ttl.ds -- Iret

key("ksk-old", { role = "ksk", ds_out = ds, remove = remove })
key("ksk-new", { role = "ksk", publish = publish, ds_in = ds })
key("zsk", { role = "zsk" })
