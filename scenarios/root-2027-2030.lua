-- SPDX-License-Identifier: BSD-2-Clause
-- The root goes from RSA/SHA-256 to ECDSA P-256, as ICANN proposed in February 2026: the new KSK is made in the second quarter
-- of 2027, both algorithms sign everything for a time, the RSA ZSK has 1,536 bits instead of 2,048 by then, so that answers
-- stay below 1,232 bytes, and the RSA KSK is gone by the third quarter of 2030.
--
-- Not known is each day in between: those are params, and their defaults are ours. So is the order of single steps, which is
-- that of RFC 6781, section 4.1.4: signatures come before their keys, and go after them. A new KSK of another algorithm cannot
-- be published before all is signed with it (RFC 4035, section 2.2): its 30 days of RFC 5011 are days of double signatures.
--
-- Resolvers begin with the RSA key alone, 2027's newest, and live through more than three years. What each answer weighs
-- stands in the report's load on the registry; what it trusts in events.csv. In so many years a question every quarter of an hour
-- is enough to see when nobody is answered any more.

local root = require "lib.root"

root.story {
	name = "root-2027-2030",
	title = "The root's keys become ECDSA, 2027 to 2030",
	teaches = "with both algorithms for more than a month those who follow the keys notice nothing; an anchor that stays is lost",
	from = "2027-04-01T11:47Z",
	to = "2030-09-30T12:00Z",
	rate = 0.001,
	bin = "6h",
	sources = { "ICANN, Proposed Root KSK Algorithm Rollover, 3 February 2026", "SSAC, SAC133", "RFC 6781, section 4.1.4" },
}

local smaller = param("smaller", "2028-01-11T16:00Z") -- the RSA ZSK of 1,536 bits signs
local double = param("double", "2028-07-08T16:00Z") -- ECDSA signatures beside RSA's
local published = param("published", "2028-07-11T16:00Z") -- the ECDSA keys
local revoked = param("revoked", "2029-10-11T16:00Z") -- the RSA KSK
local removed = param("removed", "2030-04-11T16:00Z") -- it, and the RSA ZSK
local single = param("single", "2030-04-14T16:00Z") -- no RSA signatures any more
local first, last = param("first", "2029-10-14T16:00Z"), param("last", "2030-01-14T16:00Z") -- of the time in which it is judged

local apex = root.world {
	ksk = {
		rsa = { bits = 2048, tag = 38696, revoked = revoked, removed = removed },
		ecdsa = { algorithm = "ECDSAP256SHA256", published = published, anchor = root.updated },
	},
	zsk = {
		rsa = { bits = 2048, removed = param("larger_removed", "2028-02-11T16:00Z") },
		smaller = { bits = 1536, published = param("smaller_published", "2028-01-01T16:00Z"), removed = removed },
		ecdsa = { algorithm = "ECDSAP256SHA256", published = published },
	},
	signs_with = smaller >= root.from and "rsa" or single >= root.from and "smaller" or "ecdsa",
	tags = { 38696 },
}

root.at(published, mark "keys of both algorithms")
root.at(revoked, mark "the RSA KSK is revoked")

-- A life that begins later begins with what was the last by then.
local steps = {
	{ smaller, { key = "smaller" } },
	{ double, { key = "smaller", also = { "ecdsa" } } },
	{ single, { key = "ecdsa" } },
}
for i, step in ipairs(steps) do
	local following = steps[i + 1]
	if step[1] >= root.from then
		root.at(step[1], apex:sign(step[2]))
	elseif not following or following[1] > root.from then
		at(root.from, apex:sign(step[2]))
	end
end

root.well_before(revoked, param("well", "2029-10-11T11:00Z"))
root.known(first, last, "2029-09-10T00:00Z", { unbound = true })
