-- SPDX-License-Identifier: BSD-2-Clause
-- RFC 7583 section 3.3.3: the new KSK and its DS are published together beside the old ones, which go together when
-- every cache has the new.

local H, D = 3600, 86400
local ttl = { dnskey = param("dnskey_ttl", H), ds = param("ds_ttl", D), zone = param("zone_ttl", D), negative = H }
local signing = param("signing_hours", 2) * H -- Dsgn
local zone_delay, parent_delay = 10 * 60, 1 * H -- Dprp, DprpP

rollover {
	name = "ksk-double-rrset",
	title = "A KSK by the double-RRset method",
	zone = "example.net.",
	from = "2026-01-01T00:00Z",
	ttl = ttl,
	propagation = { zone = "10m", parent = "1h" },
	signing = ("%ds"):format(signing),
	validity = "14d",
}

local publish = 1 * D
local retire = publish + math.max(zone_delay + ttl.dnskey, parent_delay + ttl.ds) -- Ipub

key("ksk-old", { role = "ksk", ds_out = retire, remove = retire })
key("ksk-new", { role = "ksk", publish = publish, ds_in = publish })
key("zsk", { role = "zsk" })
