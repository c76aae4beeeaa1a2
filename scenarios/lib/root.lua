-- SPDX-License-Identifier: BSD-2-Clause
-- What the rolls of the root's KSK share: a root with the keys that a script tells, a TLD with users below it, and who fails
-- for good once nobody signs with the keys that he began with.
--
-- Resolvers begin with the old key alone, as from an image that nobody has touched for years; param `updated` gives them the new
-- one, too. One that is started anew in the middle of it: param `restart`, an instant. One that was off for long, or comes
-- from an old image: param `from`, an instant behind the roll. In the years between two questions their timers may be a
-- minute late: param `idle_slack`, 0s for none.

local only = require "lib.inside"

local roll = { at = only.at, updated = param("updated", "no") == "yes" }

-- story: name, title, teaches, sources, from, to (where the params do not say otherwise). rate: questions a second, of all users,
-- where the param does not say otherwise; bin: of the curve.
function roll.story(story)
	local bin = story.bin or "30m"
	roll.from, roll.to = param("from", story.from), param("to", story.to)
	roll.rate = story.rate or 0.002
	story.bin, story.rate = nil, nil
	story.from, story.to = roll.from, roll.to
	story.idle_slack = param("idle_slack", "1m")
	scenario(story)
	collect { bin = bin }
end

-- A resolver that has RFC 8509 says by two names whether it trusts a key of that tag: it gives the one, and SERVFAIL for the
-- other.
local SENTINEL = [[
said() { kdig @$SIGFAULT_RESOLVER root-key-sentinel-$1-%05d.com. A | grep -o 'status: [A-Z]*'; }
case $(said is-ta),$(said not-ta) in
*NOERROR,*SERVFAIL) echo trusts ;;
*SERVFAIL,*NOERROR) echo does not trust ;;
*) echo says nothing ;;
esac]]

local function sentinels(tld, tags)
	local every = param("sentinel_every", "1d")
	for _, tag in ipairs(tags) do
		for _, asks in ipairs { "is", "not" } do
			tld:record(("root-key-sentinel-%s-ta-%05d.com. 60 A 192.0.2.1"):format(asks, tag))
		end
		monitor {
			every = every, name = ("trusts %d"):format(tag), alarm = "does not trust",
			command = { "sh", "-c", SENTINEL:format(tag) },
		}
	end
end

-- The root, which has these keys, and what is asked of it. With --set sentinel=yes each resolver is asked every day which of
-- the keys in `tags` it trusts (monitors "trusts TAG", whose alarm says that it does not).
function roll.world(keys)
	local root = zone(".", {
		version_every = "12h",
		algorithm = "RSASHA256",
		ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
		ksk = keys.ksk,
		zsk = keys.zsk,
		signs_with = keys.signs_with,
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
		rate = param("rate", roll.rate),
		clients = 20,
	}
	if param("sentinel", "no") == "yes" then
		sentinels(tld, keys.tags)
	end
	local restart = param("restart", "never")
	if restart ~= "never" then
		at(restart, resolver:restart())
	end
	return root
end

-- `ends`: when the old key signs no longer for who began with it. `judged`: until when it is looked at, before the last bin that
-- `ends` cuts, as a bin that begins before an instant counts whole: who asks the root anew right after it fails at once.
function roll.well_before(ends, judged)
	local last = inside(ends) and judged or roll.to
	if roll.from < judged then
		expect("nobody fails before the roll", function(run)
			return run:share("servfail", roll.from, last) == 0
		end)
	end
end

-- For two days after the roll the root's DNSKEY RRset is in caches, with what it vouches for: from `first` to `last` nothing
-- of it is left. month: who began to follow the root's keys by then saw the new one for 30 days (RFC 5011, section 2.4.1).
-- gives_up: resolvers that, once all keys that they trust are revoked, validate nothing any more (section 5), by name.
function roll.known(first, last, month, gives_up)
	local function known(name, text, least, most, because, mitigation)
		only.knows(name, "any", text, first, last, function(run, a, b)
			local share = run:share("servfail", a, b)
			return share >= least and share <= most, ("SERVFAIL of %.1f %%"):format(100 * share)
		end, { because = because, mitigation = mitigation })
	end

	for _, name in ipairs { "unbound", "bind", "knot", "powerdns" } do
		if roll.updated then
			known(name, "who has both keys is well after the roll", 0, 0, "the new one signs", "none")
		else
			known(name, "the old key alone fails for good", 0.95, 1, "no key that it trusts signs the root's", "none")
		end
	end
	local in_time = roll.updated or inside(month)
	if in_time then
		known("bind", "one that follows the root's keys is well after the roll", 0, 0,
			"it trusts all keys that there are when it begins to follow them, without the 30 days", "managed-anchor")
	end
	for _, name in ipairs { "unbound", "knot" } do
		if in_time then
			known(name, "one that follows the root's keys is well after the roll", 0, 0,
				"it has seen the new key for more than 30 days", "managed-anchor")
		elseif gives_up and gives_up[name] then
			known(name, "one that began to follow the root's keys too late fails nobody", 0, 0,
				"all keys that it trusts are revoked, and it validates no more (RFC 5011, section 5)", "managed-anchor")
		else
			known(name, "one that began to follow the root's keys too late fails", 0.95, 1,
				"RFC 5011 wants 30 days, and there were fewer", "managed-anchor")
		end
	end
end

return roll
