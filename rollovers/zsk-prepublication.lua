-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 6781 section 4.1.1.1, RFC 7583 section 3.2.1: the new ZSK is published, signs when every cache has it, and the
-- old one stays until its last signature has left the caches. Each step as early as it is safe.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay = 10 * 60 -- Dprp

rollover {
	name = "zsk-prepublication",
	title = "A ZSK by pre-publication",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

-- Seconds after the beginning.
local publish = 1 * D
local sign = publish + zone_delay + ttl.dnskey -- Ipub
local remove = sign + signing + zone_delay + ttl.zone -- Iret

key("ksk", { role = "ksk" })
key("zsk-old", { role = "zsk", retire = sign, remove = remove })
key("zsk-new", { role = "zsk", publish = publish, sign = sign })
