-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 6781 section 4.1.1.2, RFC 7583 section 3.2.2: the new ZSK is published and signs beside the old one, which goes
-- when every cache has the new key and new signatures.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay = 10 * 60 -- Dprp

rollover {
	name = "zsk-double-signature",
	title = "A ZSK by double signature",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local publish = 1 * D
local remove = publish + math.max(signing + zone_delay + ttl.zone, zone_delay + ttl.dnskey) -- Iret

key("ksk", { role = "ksk" })
key("zsk-old", { role = "zsk", remove = remove })
key("zsk-new", { role = "zsk", publish = publish })
