-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 6781 section 4.1.3: a key that signs everything. It is published and signs beside the old one; when every cache has it
-- the DS changes, and the old key goes when its DS and its signatures have left the caches.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay, parent_delay = 10 * 60, 1 * H -- Dprp, DprpP

rollover {
	name = "csk-roll",
	title = "A single key that signs everything",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local publish = 1 * D
local ds = publish + zone_delay + ttl.dnskey
local remove = math.max(ds + parent_delay + ttl.ds, publish + signing + zone_delay + ttl.zone)

key("csk-old", { role = "csk", ds_out = ds, remove = remove })
key("csk-new", { role = "csk", publish = publish, ds_in = ds })
