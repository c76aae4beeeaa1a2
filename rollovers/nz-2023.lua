-- SPDX-License-Identifier: BSD-2-Clause
-- .nz, May 2023: a second-level zone changed its KSK, and the old one left the DNSKEY RRset while resolvers still had
-- the old DS RRset in their caches (internetnz.nz, incident report; potaroo.net/ispcol/2024-04). Whoever had fetched
-- the DS before the change failed until that record ran out; fresh caches were fine.
--
-- Known: co.nz. and others were pushed on 29 May 22:45 NZST, 10:45 UTC, and the last trouble was 48 h later, which
-- fits a DS TTL of 172800 (inferred, not published).

local push = "2023-05-29T10:45Z"
local ds_ttl = param("ds_ttl", 172800)
local dnskey_ttl = param("dnskey_ttl", 3600) -- not published
local zone_ttl = param("zone_ttl", 86400) -- not published
local published = param("published", "2023-05-27T10:45Z") -- when the new KSK was added: not published
local delay = param("delay", "0s") -- until the last server has a change: not published

rollover {
	name = "nz-2023",
	title = "co.nz., May 2023: the old KSK is dropped while its DS is still cached",
	zone = "co.nz.",
	from = "2023-05-27T00:00Z",
	ttl = { dnskey = dnskey_ttl, ds = ds_ttl, zone = zone_ttl, negative = 3600 },
	propagation = { zone = delay, parent = delay },
}

key("ksk-old", { role = "ksk", algorithm = "RSASHA256", ds_out = push, remove = push })
key("ksk-new", { role = "ksk", algorithm = "RSASHA256", publish = published, ds_in = push })
key("zsk", { role = "zsk", algorithm = "RSASHA256" })
