-- SPDX-License-Identifier: BSD-2-Clause
-- The last keys of a zone: the DS goes, and the keys when it has left the caches (RFC 4035 section 5.2: a DS wants a
-- key).

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local parent_delay = 1 * H -- DprpP

rollover {
	name = "going-unsigned",
	title = "A zone becomes unsigned",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local ds_out = 1 * D
local remove = ds_out + parent_delay + ttl.ds

key("ksk", { role = "ksk", ds_out = ds_out, remove = remove })
key("zsk", { role = "zsk", remove = remove })
