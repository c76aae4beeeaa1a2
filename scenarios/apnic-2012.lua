-- SPDX-License-Identifier: BSD-2-Clause
-- APNIC's reverse zones, 7 December 2012. A standby signer took over at 19:00 (+10, 09:00 UTC) with the same KSKs and other
-- ZSKs. The zones were valid; whoever held their old DNSKEY RRset was not able to validate the new signatures, for up to 24
-- hours. Signed again at 04:00, published at 04:30 (18:00 and 18:30 UTC): with which keys is not in our notes, so these are
-- marks here.
--
-- The names are drawn and asked for by type A, not PTR: what fails is their zone.

local outage = require "lib.outage"

outage.story {
	name = "apnic-2012",
	title = "APNIC, 7 December 2012: a standby signer with ZSKs of its own",
	teaches = "a valid zone can be bogus to every warm cache: what checks a zone must remember what was published before",
	sources = { "apnic.net, 7 December 2012" },
	from = "2012-12-07T06:53Z",
	to = "2012-12-08T09:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
-- Delegated from the root at once: arpa. and in-addr.arpa. play no part.
-- The TTL of the keys: "failures up to 24 hours".
local reverse = outage.registry("203.in-addr.arpa.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = param("dnskey_ttl", 86400), nsec = 3600, negative = 3600 },
	names = 60000,
	signed_share = 0.05,
})
outage.users { zone = reverse, outside = net, nxdomain = 0.03, rate = 0.5, popular = 100, fresh = 0.05 }

outage.at("09:00", reverse:fault("standby-signer-other-zsk"))
outage.at("18:00", mark "signed again")
outage.at("18:30", mark "published")

mitigation("flush-keys", {
	about = "an operator empties the cache of the zone two hours after the switch",
	operator = function()
		outage.at("11:00", resolver:flush "203.in-addr.arpa.")
	end,
})

outage.well_before("07:05", "09:00")
outage.names_fail("with the old keys in the cache new names fail", "09:30", "11:00", "fresh-unsigned", 0.95)
outage.names_fail("and still do twenty hours later", "2012-12-08T03:00Z", "2012-12-08T06:30Z", "fresh-unsigned", 0.95, 1,
	{ mitigation = "none" })
outage.expect("a cache without them is well", "11:10", "23:00", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "flush-keys" })
outage.well_after("2012-12-08T07:30Z", "2012-12-08T09:29Z")
