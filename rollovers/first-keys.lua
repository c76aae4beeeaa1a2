-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 7583 section 3.3.5: a zone becomes signed. The DS comes when every cache has seen the keys and no unsigned
-- answer is left.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay = 10 * 60 -- Dprp

rollover {
	name = "first-keys",
	title = "The first keys of a zone",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local sign = 1 * D
local ds = sign + math.max(zone_delay + ttl.negative, signing + zone_delay + ttl.zone)

key("ksk", { role = "ksk", publish = sign, ds_in = ds })
key("zsk", { role = "zsk", publish = sign })
