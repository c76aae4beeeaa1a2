-- SPDX-License-Identifier: BSD-2-Clause
-- BIND 9 (ISC), 9.16 and later.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- RFC 8767, section 5: keep stale records for a day, give them out with a TTL of 30 seconds.
local function serve_stale(timeout)
	return lines {
		"    stale-cache-enable yes;",
		"    stale-answer-enable yes;",
		"    stale-answer-client-timeout " .. timeout .. ";",
		"    stale-answer-ttl 30;",
		"    max-stale-ttl 86400;",
	}
end

-- From 9.20 on the client timeout is 0 or off.
local function client_timeout(subject)
	local minor = tonumber(subject.version:match("^9%.(%d+)"))
	return minor and minor >= 20 and "off" or "1800"
end

local function options_of(subject)
	local is = subject.mitigation
	local text = lines { "    dnssec-validation " .. (is == "no-validation" and "no" or "yes") .. ";" }
	if is == "serve-stale" then
		text = text .. serve_stale(client_timeout(subject))
	elseif is == "serve-stale-now" then
		text = text .. serve_stale("0")
	elseif is == "prefetch" then
		text = text .. lines { "    prefetch 10 16;" }
	elseif is == "long-ttls" then
		-- As it comes it keeps nothing longer than a week. A TTL has at most 31 bits (RFC 2181, section 8).
		text = text .. lines { "    max-cache-ttl 2147483647;" }
	end
	return text
end

-- The root's key as a statement: ". 3600 IN DNSKEY 257 3 8 KEY" has its fields.
local function anchor(subject)
	local numbers, key = subject.root_key:match("DNSKEY%s+(%d+%s+%d+%s+%d+)%s+([%w+/=]+)")
	return key and ('trust-anchors { "." static-key %s "%s"; };\n'):format(numbers, key) or ""
end

-- The namespace is its own: nobody else reaches its loopback, and the key keeps nothing secret.
local KEY = 'key "control" { algorithm hmac-sha256; secret "c2lnZmF1bHQgc2lnZmF1bHQgc2lnZmF1bHQ="; };'

local function configuration(subject)
	return lines {
		"options {",
		'    directory "' .. subject.folder .. '";',
		'    managed-keys-directory "' .. subject.folder .. '";',
		"    pid-file none;",
		"    session-keyfile none;",
		"    listen-on { " .. (subject.address4 or "none") .. "; };",
		"    listen-on-v6 { " .. (subject.address6 or "none") .. "; };",
		"    recursion yes;",
		"    allow-query { any; };",
		"    allow-recursion { any; };",
	} .. options_of(subject) .. subject.settings .. lines { "};" } .. anchor(subject) .. lines {
		'zone "." { type hint; file "root.hints"; };',
		KEY,
		'controls { inet 127.0.0.1 port 953 allow { 127.0.0.1; } keys { "control"; }; };',
	}
end

local function control(subject, ...)
	return { subject.control, "-c", "rndc.conf", ... }
end

-- The sections of `rndc stats` that are kept, and what begins the names of their counters.
local SECTIONS = {
	["Incoming Requests"] = "requests",
	["Outgoing Rcodes"] = "rcodes",
	["Name Server Statistics"] = "server",
	["Resolver Statistics"] = "resolver",
	["Cache Statistics"] = "cache",
	["ADB stats"] = "adb",
}

-- "      17 queries resulted in SERVFAIL" in its section is server.queries-resulted-in-servfail. The view _bind is BIND's
-- own, for version.bind.
local function read_counters(text)
	local counters, section, view = {}, nil, nil
	for line in text:gmatch("[^\n]+") do
		local value, what = line:match("^%s+(%d+) (.+)$")
		if value and section and view ~= "_bind" then
			counters[section .. "." .. what:lower():gsub("%W+", "-"):gsub("%-$", "")] = tonumber(value)
		elseif line:match("^%+%+ ") then
			section, view = SECTIONS[line:match("^%+%+ (.-) %+%+")], nil
		elseif line:match("^%[") then
			view = line:match("^%[View: (%S-)[%s%]]")
		end
	end
	counters["request-list"] = counters["server.recursing-clients"] or 0
	return counters
end

return {
	name = "bind",
	title = "BIND 9",
	program = "named",
	control = "rndc",
	package = "bind9",
	version = { arguments = { "-v" }, pattern = "BIND (%d[%w.]*)" },

	configuration = "named.conf",
	files = function(subject)
		return {
			["named.conf"] = configuration(subject),
			["rndc.conf"] = lines {
				KEY,
				'options { default-key "control"; default-server 127.0.0.1; default-port 953; };',
			},
			["root.hints"] = subject.root_hints,
		}
	end,
	start = function(subject)
		return { subject.program, "-g", "-n", "1", "-c", "named.conf" }
	end,

	operations = {
		-- Without -force BIND tries every five minutes whether the zone validates again; a lifetime it must have.
		["nta"] = function(subject, zone)
			return { control(subject, "nta", "-force", "-lifetime", "24h", zone) }
		end,
		["nta-remove"] = function(subject, zone)
			return { control(subject, "nta", "-remove", zone) }
		end,
		["flush"] = function(subject, zone)
			return { control(subject, "flushtree", zone) }
		end,
		["flush-all"] = function(subject)
			return { control(subject, "flush") }
		end,
		["reload"] = function(subject)
			return { control(subject, "reload") }
		end,
		["validation-off"] = function(subject)
			return { control(subject, "validation", "off") }
		end,
		["validation-on"] = function(subject)
			return { control(subject, "validation", "on") }
		end,
	},

	counters = {
		-- `stats` appends to a file, and leaves out what is 0.
		command = function(subject)
			local script = ': > named.stats && "$0" -c rndc.conf stats && exec cat named.stats'
			return { "/bin/sh", "-c", script, subject.control }
		end,
		read = read_counters,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when fresh ones can't be had (RFC 8767)" },
		["serve-stale-now"] = { about = "answers from expired records at once, and asks afterwards" },
		["prefetch"] = { about = "asks anew when 10 seconds are left of a record, BIND's most (as it comes: 2)" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
	},
}
