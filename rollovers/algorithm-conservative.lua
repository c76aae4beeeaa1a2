-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 6781 section 4.1.4, the conservative way: signatures of the new algorithm come first, then its keys, then its
-- DS; the old algorithm goes in the reverse order. At every instant each algorithm of a cached DS has signed what is
-- in the caches.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay, parent_delay = 10 * 60, 1 * H -- Dprp, DprpP

rollover {
	name = "algorithm-conservative",
	title = "Another algorithm, the conservative way",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local sign = 1 * D
local publish = sign + signing + zone_delay + ttl.zone
local ds = publish + zone_delay + ttl.dnskey
local remove = ds + parent_delay + ttl.ds
local retire = remove + zone_delay + ttl.dnskey

key("ksk-8", { role = "ksk", algorithm = "RSASHA256", ds_out = ds, remove = remove })
key("zsk-8", { role = "zsk", algorithm = "RSASHA256", remove = remove, retire = retire })
key("ksk-13", { role = "ksk", publish = publish, ds_in = ds })
key("zsk-13", { role = "zsk", sign = sign, publish = publish })
