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

-- The root's keys as a statement: ". 3600 IN DNSKEY 257 3 8 KEY" has the fields of one.
local function anchors(subject, word)
	local list = {}
	for numbers, key in subject.root_key:gmatch("DNSKEY%s+(%d+%s+%d+%s+%d+)%s+([%w+/=]+)") do
		list[#list + 1] = ('"." %s %s "%s"; '):format(word, numbers, key)
	end
	return #list > 0 and "trust-anchors { " .. table.concat(list) .. "};\n" or ""
end

-- From 9.20 on it follows the root's keys by itself with "auto" alone, which takes them from a file of their own.
local function followed(subject)
	local text = subject.mitigation == "managed-anchor" and anchors(subject, "initial-key") or ""
	return text ~= "" and text or nil
end

local function anchor(subject)
	return followed(subject) and "" or anchors(subject, "static-key")
end

local function validation(subject)
	if followed(subject) then
		return { "    dnssec-validation auto;", '    bindkeys-file "anchors.keys";' }
	end
	return { "    dnssec-validation " .. (subject.mitigation == "no-validation" and "no" or "yes") .. ";" }
end

local function options_of(subject)
	local is = subject.mitigation
	local text = lines(validation(subject))
	if is == "serve-stale" then
		text = text .. serve_stale(client_timeout(subject))
	elseif is == "serve-stale-now" then
		text = text .. serve_stale("0")
	elseif is == "prefetch" then
		text = text .. lines { "    prefetch 10 16;" }
	elseif is == "long-ttls" then
		-- As it comes it keeps nothing longer than a week. A TTL has at most 31 bits (RFC 2181, section 8).
		text = text .. lines { "    max-cache-ttl 2147483647;" }
	elseif is == "long-denials" then
		text = text .. lines { "    max-ncache-ttl 86400;" }
	end
	return text
end

-- The namespace is its own: nobody else reaches its loopback, and the key keeps nothing secret.
local KEY = 'key "control" { algorithm hmac-sha256; secret "c2lnZmF1bHQgc2lnZmF1bHQgc2lnZmF1bHQ="; };'

local function forwarders(forward)
	return "forward only; forwarders { " .. table.concat(forward.addresses, "; ") .. "; };"
end

-- What it does not resolve by itself: all of it in the options, as the zone "." is the hints.
local function forwards_all(subject)
	for _, forward in ipairs(subject.forward) do
		if forward.zone == "." then
			return { forwarders(forward) }
		end
	end
	return {}
end

-- By what clients ask beside UDP. As it comes it serves 150 TCP clients and 300 of HTTP at once.
local function listens(subject)
	local list, tls = {}, subject.tls or {}
	if subject.connections > 150 then
		list[1] = ("tcp-clients %d;"):format(subject.connections)
		list[2] = tls.doh and ("http-listener-clients %d;"):format(subject.connections) or nil
	end
	for address, word in pairs { [subject.address4 or 4] = "listen-on", [subject.address6 or 6] = "listen-on-v6" } do
		for port, how in pairs { [tls.dot or 1] = "", [tls.doh or 2] = ' http "sigfault"' } do
			if type(address) == "string" and port > 2 then
				list[#list + 1] = ('%s port %d tls "sigfault"%s { %s; };'):format(word, port, how, address)
			end
		end
	end
	table.sort(list)
	return list
end

-- What they name stands outside of the options.
local function tls_statements(subject)
	local tls = subject.tls
	return tls and lines {
		('tls "sigfault" { cert-file "%s/%s"; key-file "%s/%s"; };'):format(
			subject.folder, tls.certificate, subject.folder, tls.key
		),
		tls.doh and ('http "sigfault" { endpoints { "%s"; }; };'):format(tls.path) or nil,
	} or ""
end

-- What holds in this world, whoever wrote the rest of the options: its folder, what it leaves to the sandbox, its addresses
-- and who asks it. Behind the options: the world's root, and the channel by which it is commanded.
local function held(subject)
	local list = {
		'directory "' .. subject.folder .. '";',
		'managed-keys-directory "' .. subject.folder .. '";',
		"pid-file none;",
		"session-keyfile none;",
		"listen-on { " .. (subject.address4 or "none") .. "; };",
		"listen-on-v6 { " .. (subject.address6 or "none") .. "; };",
	}
	for _, text in ipairs(listens(subject)) do
		list[#list + 1] = text
	end
	return list, {
		"allow-query { any; };",
		"allow-recursion { any; };",
		table.unpack(forwards_all(subject)),
	}
end

local function forwards(subject)
	local list = {}
	for _, forward in ipairs(subject.forward) do
		list[#list + 1] = forward.zone ~= "." and ('zone "%s" { type forward; %s };'):format(forward.zone, forwarders(forward))
			or nil
	end
	return lines(list)
end

-- Zones that it has in this world; where there are views each has them, and nothing stands outside of them.
local function zones(subject)
	return forwards(subject) .. 'zone "." { type hint; file "root.hints"; };\n'
end

local function ending(subject, has_views)
	return tls_statements(subject) .. anchor(subject) .. (has_views and "" or zones(subject)) .. lines {
		KEY,
		'controls { inet 127.0.0.1 port 953 allow { 127.0.0.1; } keys { "control"; }; };',
	}
end

local function configuration(subject)
	local place, clients = held(subject)
	local indent = "\n    "
	return "options {" .. indent .. table.concat(place, indent) .. indent .. "recursion yes;" .. indent
		.. table.concat(clients, indent) .. "\n" .. options_of(subject) .. subject.settings .. "};\n" .. ending(subject)
end

-- ---- a user's own configuration ----

local LISTENS, CLIENTS = "the address and port that the clients ask", "all of this world's clients may ask"
local FOLDER = "a folder of its own"
local PLAIN = "taken out: servers here speak plain DNS, clients as the scenario says"
local NOBODY = "taken out: nobody here is there to talk to it"
local ANCHOR, CONTROL = "this world's root key", "the channel by which sigfault commands it"
-- What of a user's options cannot hold here, and what holds instead.
local INSTEAD = {
	["directory"] = FOLDER, ["managed-keys-directory"] = FOLDER, ["key-directory"] = FOLDER, ["pid-file"] = "none",
	["session-keyfile"] = "none", ["dump-file"] = FOLDER, ["statistics-file"] = FOLDER, ["memstatistics-file"] = FOLDER,
	["recursing-file"] = FOLDER, ["secroots-file"] = FOLDER, ["bindkeys-file"] = ANCHOR, ["lock-file"] = "none",
	["listen-on"] = LISTENS, ["listen-on-v6"] = LISTENS, ["port"] = LISTENS, ["tls-port"] = PLAIN, ["https-port"] = PLAIN,
	["allow-query"] = CLIENTS, ["allow-recursion"] = CLIENTS, ["allow-query-cache"] = CLIENTS, ["blackhole"] = CLIENTS,
	["allow-query-on"] = CLIENTS, ["allow-recursion-on"] = CLIENTS, ["allow-query-cache-on"] = CLIENTS,
	["query-source"] = "taken out: there is no other network", ["query-source-v6"] = "taken out: there is no other network",
	["dnstap"] = NOBODY, ["dnstap-output"] = NOBODY, ["tkey-gssapi-keytab"] = NOBODY, ["geoip-directory"] = "taken out",
}
local TOP = {
	["logging"] = "stderr", ["controls"] = CONTROL, ["statistics-channels"] = NOBODY, ["trust-anchors"] = ANCHOR,
	["managed-keys"] = ANCHOR, ["trusted-keys"] = ANCHOR, ["tls"] = PLAIN, ["http"] = PLAIN,
}
local NO_SERVER = "taken out: no such server is in this world; it resolves such names by itself"

-- Where what stands at `at` and is no statement ends: blanks and comments.
local function skip(text, at)
	while true do
		local from = at
		at = text:match("^%s*()", at)
		if text:find("^//", at) or text:find("^#", at) then
			at = text:match("^[^\n]*()", at)
		elseif text:find("^/%*", at) then
			at = select(2, text:find("*/", at, true)) or #text
			at = at + 1
		end
		if at == from then
			return at
		end
	end
end

-- Where the statement at `at` ends, its ';' included, and where its outermost '{' stands.
local function statement_end(text, at)
	local depth, brace = 0, nil
	while at <= #text do
		local c = text:sub(at, at)
		local behind = skip(text, at)
		if behind > at then
			at = behind
		elseif c == '"' then
			at = (text:find('"', at + 1, true) or #text) + 1
		else
			if c == "{" then
				depth, brace = depth + 1, brace or at
			elseif c == "}" then
				depth = depth - 1
			elseif c == ";" and depth <= 0 then
				return at, brace
			end
			at = at + 1
		end
	end
	return nil
end

-- Calls back for each statement from `from` on, before `to`: word, begin, end, place of its '{'.
local function each_statement(text, from, to, each)
	local at = skip(text, from)
	while at < to do
		local word = text:match("^[%w-]+", at)
		local last, brace = statement_end(text, at)
		if not word or not last then
			return
		end
		each(word, at, last, brace)
		at = skip(text, last + 1)
	end
end

local function line_of(text, at)
	return select(2, text:sub(1, at - 1):gsub("\n", "")) + 1
end

-- Blanks with the same lines, so that errors name the user's.
local function blank(text)
	return (text:gsub("[^\n]", " "))
end

local Overlay = {}
Overlay.__index = Overlay

function Overlay:out(cuts, text, file, from, to, is)
	local was = text:sub(from, to):gsub("%s+", " ")
	self.overrides[#self.overrides + 1] = {
		place = ("%s:%d"):format(file, line_of(text, from)),
		was = #was > 80 and was:sub(1, 77) .. "…" or was,
		is = is,
	}
	cuts[#cuts + 1] = { from, to, blank(text:sub(from, to)) }
end

function Overlay:ends_here(code)
	local any = false
	for address in code:gmatch "[%x.:]*[.:][%x.:]+" do
		any = true
		if not self.config.servers[address] then
			return false
		end
	end
	return any
end

-- What stands in options or a view.
function Overlay:inner(cuts, text, file, from, to)
	local gone = false
	each_statement(text, from, to, function(word, first, last)
		local code = text:sub(first, last)
		if word == "forwarders" and not self:ends_here(code) and code:match "{%s*}" == nil then
			gone = true
			self:out(cuts, text, file, first, last, NO_SERVER)
		elseif word == "dnssec-validation" then
			self.validates = code:match "no%s*;" == nil
			self:out(cuts, text, file, first, last, self.validates and "yes, with this world's root key" or "no, as it is")
		elseif INSTEAD[word] then
			self:out(cuts, text, file, first, last, INSTEAD[word])
		elseif word ~= "zone" and word ~= "include" and not word:match "^match%-" and not TOP[word] then
			self.settings[#self.settings + 1] =
				{ name = word, value = code, place = ("%s:%d"):format(file, line_of(text, first)) }
			if word == self.without then
				cuts[#cuts + 1] = { first, last, blank(code) }
			end
		end
	end)
	if gone then
		each_statement(text, from, to, function(word, first, last)
			if word == "forward" then
				self:out(cuts, text, file, first, last, NO_SERVER)
			end
		end)
	end
end

function Overlay:zone(cuts, text, file, first, last)
	local code = text:sub(first, last)
	local kind = code:match "type%s+([%w-]+)"
	if code:match '^zone%s+"%."' and kind == "hint" then
		self:out(cuts, text, file, first, last, "this world's root")
	elseif kind == "forward" or kind == "stub" or kind == "static-stub" then
		if not self:ends_here(code:match "{(.*)}" or "") then
			self:out(cuts, text, file, first, last, NO_SERVER)
		end
	elseif kind == "slave" or kind == "secondary" or kind == "mirror" then
		self:out(cuts, text, file, first, last, "taken out: nobody here has a copy of it")
	end
end

function Overlay:include(cuts, text, file, first, last)
	local pattern = text:sub(first, last):match '"([^"]*)"' or text:sub(first, last):match "include%s+([^;%s]+)"
	local place = ("%s:%d"):format(file, line_of(text, first))
	local found = self.config.include(pattern)
	if #found == 0 and not self.error then
		local why = "%s: '%s' is not there: name the folder that has it, with the configuration at its top, as --config FOLDER"
		self.error = why:format(place, pattern)
	end
	local words = {}
	for _, one in ipairs(found) do
		self.includes = self.includes + 1
		local copy = ("include-%d.conf"):format(self.includes)
		self.copies[copy] = one.name
		self.files[copy] = self:edit(one.text, one.name)
		words[#words + 1] = ('include "%s";'):format(copy)
	end
	cuts[#cuts + 1] = { first, last, table.concat(words, " ") }
end

-- Where a block that begins with `brace` is closed.
local function closing(text, brace, last)
	return brace + (text:sub(brace, last):match "^.*()}" or 1) - 1
end

-- A root of the user's own, to which servers of this world answer, stays his.
function Overlay:view(cuts, text, file, brace, last)
	local close, has_root = closing(text, brace, last), false
	self:inner(cuts, text, file, brace + 1, last)
	each_statement(text, brace + 1, close, function(word, first, to)
		if word == "zone" then
			local before = #cuts
			self:zone(cuts, text, file, first, to)
			has_root = has_root or #cuts == before and text:sub(first, to):match '^zone%s+"%."' ~= nil
		elseif word == "include" then
			self:include(cuts, text, file, first, to)
		elseif TOP[word] then
			self:out(cuts, text, file, first, to, TOP[word])
		end
	end)
	self.has_views = true
	cuts[#cuts + 1] = { close, close, (has_root and "" or self.zones:gsub("\n", " ")) .. "}" }
end

function Overlay:edit(text, file)
	local cuts, made, at = {}, {}, 1
	each_statement(text, 1, #text, function(word, first, last, brace)
		if word == "options" and brace then
			self:inner(cuts, text, file, brace + 1, last)
			local close = closing(text, brace, last)
			self.has_options = true
			cuts[#cuts + 1] = { close, close, self.options .. "}" }
		elseif word == "view" and brace then
			self:view(cuts, text, file, brace, last)
		elseif word == "zone" then
			self:zone(cuts, text, file, first, last)
		elseif word == "include" then
			self:include(cuts, text, file, first, last)
		elseif TOP[word] then
			self:out(cuts, text, file, first, last, TOP[word])
		end
	end)
	table.sort(cuts, function(a, b)
		return a[1] < b[1]
	end)
	for _, cut in ipairs(cuts) do
		made[#made + 1] = text:sub(at, cut[1] - 1)
		made[#made + 1] = cut[3]
		at = cut[2] + 1
	end
	made[#made + 1] = text:sub(at)
	return table.concat(made)
end

-- No statement may stand twice: those of the user's that cannot hold are taken out, and what holds goes before the brace
-- that closes his options.
local LAID = "\0laid\0"

local function overlay(subject, config, files)
	local o = setmetatable({
		config = config, files = files, overrides = {}, settings = {}, includes = 0, validates = true, options = LAID,
		zones = zones(subject),
		copies = { ["named.conf"] = config.name }, without = subject.without,
	}, Overlay)
	local text = o:edit(config.text, config.name)
	local settings = options_of(subject)
	if not o.validates then
		settings = settings:gsub("dnssec%-validation %w+;", "dnssec-validation no;", 1)
	end
	local place, clients = held(subject)
	local laid = table.concat(place, " ") .. " " .. table.concat(clients, " ") .. " allow-query-cache { any; };\n" .. settings
		.. subject.settings
	if not o.has_options then
		text = text .. "\noptions { " .. LAID .. "};\n"
	end
	files["named.conf"] = text .. "\n" .. ending(subject, o.has_views)
	files["anchors.keys"] = followed(subject)
	for name, one in pairs(files) do
		local from, to = one:find(LAID, 1, true)
		if from then
			files[name] = one:sub(1, from - 1) .. laid .. one:sub(to + 1)
		end
	end
	return {
		error = o.error, files = files, overrides = o.overrides, notes = {}, settings = o.settings, copies = o.copies,
		without = o.without,
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
	version = { arguments = { "-V" }, pattern = "BIND (%d[%w.]*)" },

	configuration = "named.conf",
	files = function(subject)
		return {
			["named.conf"] = configuration(subject),
			["rndc.conf"] = lines {
				KEY,
				'options { default-key "control"; default-server 127.0.0.1; default-port 953; };',
			},
			["root.hints"] = subject.root_hints,
			["anchors.keys"] = followed(subject),
		}
	end,
	overlay = overlay,
	forwards = true,
	transports = { dot = "", doh = "nghttp2" },
	start = function(subject)
		return { subject.program, "-g", "-n", tostring(subject.options.threads or 1), "-c", "named.conf" }
	end,

	options = { threads = { about = "how many threads it answers with (-n)", most = 32 } },

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

	requests = {
		command = function(subject)
			local script = ': > named.recursing && "$0" -c rndc.conf recursing && exec cat named.recursing'
			return { "/bin/sh", "-c", script, subject.control }
		end,
		read = function(text)
			local _, depth = text:gsub("\n; client ", "")
			return depth
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when fresh ones can't be had (RFC 8767)" },
		["serve-stale-now"] = { about = "answers from expired records at once, and asks afterwards" },
		["prefetch"] = { about = "asks anew when 10 seconds are left of a record, BIND's most (as it comes: 2)" },
		["no-validation"] = { about = "does not validate" },
		["managed-anchor"] = { about = "follows the root's keys by itself (RFC 5011, initial-key)" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
		["long-denials"] = { about = "keeps for a day, and not three hours, that a name or a DS is not there" },
	},
}
