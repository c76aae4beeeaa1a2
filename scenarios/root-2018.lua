-- SPDX-License-Identifier: BSD-2-Clause
-- The root's KSK of 2010 (tag 19036) gave way to that of 2017 (tag 20326): signed by the new one from 11 October 2018, 16:00
-- UTC, revoked 11 January 2019, taken out 22 March 2019. Who had only the old one went on for as long as the root's DNSKEY
-- RRset was in his cache, 48 hours at most, and then failed for every signed name and most others.
--
-- Resolvers here begin with the old key alone, 44 days before the roll, as from an image that nobody has touched for years:
-- one that follows RFC 5011 (-m managed-anchor) has the 30 days that it needs to trust the new one; with `from` 29 days
-- before, or less, it has not. As it comes (-m none) its trust anchor is what somebody wrote down once. What each says that
-- it trusts (RFC 8145) is in events.csv, kind "anchors".
--
-- One resolver is one cache: a step, within two days. The published decay is that of many: --fleet 24.

local from = param("from", "2018-08-28T11:47Z")
local to = param("to", "2019-03-24T12:00Z")
local updated = param("updated", "no") -- whether they begin with both keys
local roll, revoked, removed = "2018-10-11T16:00Z", "2019-01-11T16:00Z", "2019-03-22T16:00Z"

scenario {
	name = "root-2018",
	title = "The root's KSK is rolled, 11 October 2018",
	teaches = "a trust anchor that nobody looks after ends two days after the roll; one that does it itself needs a month before",
	from = from,
	to = to,
	sources = { "IANA, root KSK rollover, 2018 and 2019", "RFC 5011", "RFC 8145" },
}

collect { bin = "30m" }

local root = zone(".", {
	version_every = "12h",
	algorithm = "RSASHA256",
	ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
	ksk = {
		old = { bits = 2048, tag = 19036, signs = { to = roll }, revoked = revoked, removed = removed },
		new = { bits = 2048, tag = 20326, published = "2017-07-11T16:00Z", signs = { from = roll }, anchor = updated == "yes" },
	},
	zsk = { bits = 2048 },
	servers = { "198.18.0.1", "198.18.0.2" },
})

local tld = zone("com.", {
	parent = root,
	version_every = "1h",
	servers = { "198.18.1.1" },
	delegations = population { count = 1000, signed = 0.1, hosters = 10, ttl = { [3600] = 1.0 } },
})

traffic {
	zone = tld,
	names = zipf { exponent = 1.0, count = 500 },
	rate = param("rate", 0.01),
	clients = 20,
}

local rolls = inside(roll)
if rolls then
	at(roll, mark "the new key signs")
end

expect("nobody fails before the roll", function(run)
	return run:share("servfail", from, rolls and roll or to) == 0
end)

-- For two days the root's DNSKEY RRset is in the cache, with what it vouches for.
local FROM, UNTIL = "2018-10-14T16:00Z", "2018-10-15T11:00Z"
local late = inside(FROM) and inside(UNTIL)

local function known(resolver, text, least, most, because, mitigation)
	if late then
		knows(resolver, "any", text, function(run)
			local share = run:share("servfail", FROM, UNTIL)
			return share >= least and share <= most, ("SERVFAIL of %.1f %%"):format(100 * share)
		end, { because = because, mitigation = mitigation })
	end
end

for _, resolver in ipairs { "unbound", "bind", "knot", "powerdns" } do
	if updated == "yes" then
		known(resolver, "who has both keys is well after the roll", 0, 0, "the new one signs", "none")
	else
		known(resolver, "the old key alone fails for good", 0.95, 1, "no key that it trusts signs the root's", "none")
	end
end
known("bind", "one that follows the root's keys is well after the roll", 0, 0,
	"it trusts all keys that there are when it begins to follow them, without the 30 days", "managed-anchor")
local month = not inside "2018-09-10T00:00Z" and { 0.95, 1, "RFC 5011 wants 30 days, and there were fewer" }
	or { 0, 0, "it has seen the new key for more than 30 days" }
for _, resolver in ipairs { "unbound", "knot" } do
	known(resolver, month[2] == 0 and "one that follows the root's keys is well after the roll"
		or "one that began to follow the root's keys too late fails", month[1], month[2], month[3], "managed-anchor")
end
