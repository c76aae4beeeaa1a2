-- SPDX-License-Identifier: BSD-2-Clause
-- A signer whose keys never roll by themselves, and one of the things that can be done to it: --set act=NAME.
scenario { name = "signer-events", from = "2026-01-01T00:00Z", to = param("to", "+30d") }
local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = 3600 } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, ttl = { negative = 3600 },
	delegations = population { count = 5, signed = 0.2 } })
local act = param("act", "nothing")
-- A date that is wrong by hours is not that of the one who has the key (RFC 8945, section 5.2.3): nothing would be transferred.
local tsig
if act == "clock" then tsig = false end
local registry = signer("registry", { tsig = tsig, zone = de, driver = param("driver", "knot"),
	hsm = param("hsm", false), policy = { dnskey_ttl = 3600, propagation = "10m", validity = "14d", refresh = "7d" },
	parent = { polls = "1h", propagation = "10m" } })

local acts = {}

-- A life may be shorter than all that would happen in it.
local function on(time, action)
	if inside(time) then at(time, action) end
end

function acts.nothing() end

function acts.roll()
	on("2026-01-03T00:00Z", registry:roll "ksk")
	on("2026-01-08T00:00Z", registry:roll "zsk")
end

function acts.emergency()
	on("2026-01-03T00:00Z", registry:roll("zsk", { emergency = true }))
end

function acts.algorithm()
	on("2026-01-03T00:00Z", registry:policy { algorithm = "ED25519" })
end

function acts.restart()
	on("2026-01-03T12:00Z", registry:restart())
	on("2026-01-04T00:00Z", registry:roll "zsk")
end

function acts.down()
	on("2026-01-07T12:00Z", registry:restart { down = "10d" })
end

function acts.standby()
	on("2026-01-03T12:00Z", registry:standby { keys = "copied" })
end

function acts.standby_own()
	on("2026-01-03T12:00Z", registry:standby { keys = "own" })
end

function acts.hsm_lost()
	on("2026-01-03T12:00Z", registry:hsm_lost())
end

function acts.hsm_back()
	on("2026-01-03T12:00Z", registry:hsm_lost())
	on("2026-01-04T12:00Z", registry:hsm_restored())
end

-- The ZSK that was made in between is lost.
function acts.hsm_old()
	on("2026-01-03T00:00Z", registry:roll "zsk")
	on("2026-01-06T00:00Z", registry:hsm_restored_from("2026-01-02T00:00Z"))
end

-- Half of its signatures, all of which it makes twice while that is so.
function acts.hsm_bad()
	on("2026-01-02T12:00Z", registry:hsm_bad { share = 0.5 })
	on("2026-01-02T12:00Z", registry:resign())
	on("2026-01-02T18:00Z", registry:resign())
	on("2026-01-03T00:00Z", registry:hsm_bad { share = 0 })
	on("2026-01-03T00:00Z", registry:resign())
end

-- The key that is made then is three pairs, of which one is published.
function acts.hsm_pairs()
	on("2026-01-02T12:00Z", registry:hsm_pairs(3))
	on("2026-01-02T12:00Z", registry:roll "zsk")
	on("2026-01-03T00:00Z", registry:hsm_pairs(1))
	on("2026-01-03T00:00Z", registry:resign())
end

function acts.clock()
	on("2026-01-03T00:00Z", registry:clock_wrong "+3h")
	on("2026-01-04T00:00Z", registry:roll "zsk")
	on("2026-01-20T00:00Z", registry:clock_wrong "0s")
end

-- The secondary is told of another secret, and three days later of the right one.
function acts.tsig()
	on("2026-01-03T12:00Z", registry:tsig_wrong())
	on("2026-01-04T00:00Z", registry:roll "zsk")
	on("2026-01-07T12:00Z", registry:tsig_right())
end

function acts.disk()
	on("2026-01-03T00:00Z", registry:disk_full())
	on("2026-01-20T00:00Z", registry:disk_free())
end

function acts.unsigned()
	on("2026-01-03T00:00Z", registry:unsigned())
end

function acts.unsigned_at_once()
	on("2026-01-03T00:00Z", registry:unsigned { at_once = true })
end

function acts.ds()
	on("2026-01-03T00:00Z", registry:roll "ksk")
	on("2026-01-03T00:10Z", registry:parent_ds "newest")
end

registry:expect("some version was published", function(life) return life.versions > 0, life.versions end)
registry:expect("a span is told as its file has it", function(life)
	local first = life.bogus[1]
	return not first or (first.from <= (first.to or "3") and first.owner:find("de.", 1, true) and type(first.tag) == "number") and true
end)

acts[act]()
