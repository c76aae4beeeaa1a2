-- SPDX-License-Identifier: BSD-2-Clause
-- Unbound (NLnet Labs), 1.17 and later.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- What holds in this world, whoever wrote the rest of `server:`: its folder and what it leaves to the sandbox, who asks it
-- and what it begins with, and its addresses.
local function held(subject)
	return lines {
		'    directory: "' .. subject.folder .. '"',
		'    chroot: ""',
		'    username: ""',
		'    pidfile: ""',
		"    do-daemonize: no",
		"    use-syslog: no",
		'    logfile: ""',
	}
end

local REACH = lines {
	"    port: 53",
	"    access-control: 0.0.0.0/0 allow",
	"    access-control: ::/0 allow",
	'    root-hints: "root.hints"',
}

-- By what clients ask beside UDP. As it comes it has room for 10 connections, and makes others wait; where less than half of
-- the room is left it closes idle ones sooner.
local function transports(subject)
	local tls, room = subject.tls, 2 * subject.connections + 10
	local text = subject.connections > 0 and "    incoming-num-tcp: " .. room .. "\n" or ""
	if tls then
		text = text .. lines {
			'    tls-service-key: "' .. subject.folder .. "/" .. tls.key .. '"',
			'    tls-service-pem: "' .. subject.folder .. "/" .. tls.certificate .. '"',
		}
	end
	if tls and tls.dot then
		text = text .. "    tls-port: " .. tls.dot .. "\n"
	end
	if tls and tls.doh then
		text = text .. "    https-port: " .. tls.doh .. '\n    http-endpoint: "' .. tls.path .. '"\n'
	end
	return text
end

local function interfaces(subject)
	local text, tls = transports(subject), subject.tls or {}
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		for _, at in ipairs { address or "", tls.dot and "@" .. tls.dot or "", tls.doh and "@" .. tls.doh or "" } do
			if address and at ~= "" then
				text = text .. "    interface: " .. (at == address and at or address .. at) .. "\n"
			end
		end
	end
	return text
end

-- The file's keys as they are, or the ones to begin with, from which it goes on and writes them anew (RFC 5011).
local function anchor(subject)
	local word = subject.mitigation == "managed-anchor" and "auto-trust-anchor-file" or "trust-anchor-file"
	return "    " .. word .. ': "root.key"\n'
end

-- RFC 8767, section 5: keep stale records for a day, give them out with a TTL of 30 seconds, and try for so many
-- milliseconds before; 0 is not at all.
local function serve_stale(timeout)
	return lines {
		"    serve-expired: yes",
		"    serve-expired-client-timeout: " .. timeout,
		"    serve-expired-ttl: 86400",
		"    serve-expired-ttl-reset: no",
		"    serve-expired-reply-ttl: 30",
		"    ede-serve-expired: yes",
	}
end

-- As it comes it keeps nothing longer than a day. A TTL has at most 31 bits (RFC 2181, section 8).
local LONG_TTLS = "    cache-max-ttl: 2147483647\n"

-- What a mitigation changes.
local MITIGATIONS = {
	["serve-stale"] = serve_stale(1800),
	["serve-stale-now"] = serve_stale(0),
	["prefetch"] = lines { "    prefetch: yes", "    prefetch-key: yes" },
	["long-ttls"] = LONG_TTLS,
	["long-denials"] = "    cache-max-negative-ttl: 86400\n",
	["short-bogus"] = "    val-bogus-ttl: 5\n",
	["report-errors"] = "    dns-error-reporting: yes\n",
	["strict"] = LONG_TTLS .. "    harden-algo-downgrade: yes\n",
}

local function forwards(subject)
	local text = ""
	for _, forward in ipairs(subject.forward) do
		text = text .. 'forward-zone:\n    name: "' .. forward.zone .. '"\n'
		for _, address in ipairs(forward.addresses) do
			text = text .. "    forward-addr: " .. address .. "\n"
		end
	end
	return text
end

-- What stands behind `server:` of either.
local function behind(subject)
	return (MITIGATIONS[subject.mitigation] or "") .. lines {
		"remote-control:",
		"    control-enable: yes",
		'    control-interface: "' .. subject.folder .. '/control.socket"',
		"    control-use-cert: no",
	} .. forwards(subject) .. subject.settings
end

local function configuration(subject)
	local modules = subject.mitigation == "no-validation" and "iterator" or "validator iterator"
	return "server:\n" .. held(subject) .. lines {
		"    verbosity: 1",
		"    val-log-level: 2 # puts the reason into the extended error, too",
		"    num-threads: " .. (subject.options.threads or 1),
	} .. REACH .. lines {
		'    module-config: "' .. modules .. '"',
		"    msg-cache-size: 64m",
		"    rrset-cache-size: 128m",
		"    ede: yes",
		"    extended-statistics: yes",
		"    statistics-cumulative: yes",
		"    statistics-interval: 0",
	} .. interfaces(subject) .. lines {
		"    do-ip4: " .. (subject.address4 and "yes" or "no"),
		"    do-ip6: " .. (subject.address6 and "yes" or "no"),
	} .. (subject.root_key ~= "" and anchor(subject) or "") .. behind(subject)
end

-- ---- a user's own configuration ----

-- Words that begin a clause.
local CLAUSES = {}
for word in
	("server stub-zone forward-zone auth-zone view python dynlib remote-control dnscrypt cachedb ipset dnstap rpz"):gmatch "%S+"
do
	CLAUSES[word] = true
end

-- What of a user's `server:` cannot hold here, and what holds instead.
local LISTENS = "the address and port that the clients ask"
local PLAIN = "nothing: servers here speak plain DNS, clients as the scenario says"
local OUT, INSIDE = "taken out: there is no other network", "a folder of its own"
local INSTEAD = {
	["interface"] = LISTENS, ["ip-address"] = LISTENS, ["interface-automatic"] = LISTENS, ["port"] = LISTENS,
	["interface-action"] = LISTENS, ["interface-tag"] = LISTENS, ["interface-view"] = LISTENS,
	["interface-tag-action"] = LISTENS, ["interface-tag-data"] = LISTENS, ["interface-automatic-ports"] = LISTENS,
	["access-control"] = "all of this world's clients may ask",
	["outgoing-interface"] = OUT,
	["chroot"] = "none: the sandbox keeps it in", ["username"] = "none: the sandbox keeps it in",
	["directory"] = INSIDE, ["pidfile"] = "none", ["logfile"] = "stderr", ["use-syslog"] = "stderr",
	["log-identity"] = "stderr", ["do-daemonize"] = "no",
	["root-hints"] = "this world's root", ["auto-trust-anchor-file"] = "this world's root key",
	["trust-anchor-file"] = "this world's root key", ["trust-anchor"] = "this world's root key",
	["trusted-keys-file"] = "this world's root key", ["trust-anchor-signaling"] = "no",
	["tls-service-key"] = PLAIN, ["tls-service-pem"] = PLAIN, ["ssl-service-key"] = PLAIN, ["ssl-service-pem"] = PLAIN,
	["tls-port"] = PLAIN, ["ssl-port"] = PLAIN, ["tls-cert-bundle"] = PLAIN, ["ssl-cert-bundle"] = PLAIN,
	["tls-upstream"] = PLAIN, ["ssl-upstream"] = PLAIN, ["tls-additional-port"] = PLAIN, ["additional-tls-port"] = PLAIN,
	["tls-session-ticket-keys"] = PLAIN, ["tls-system-cert"] = PLAIN, ["tls-win-cert"] = PLAIN, ["https-port"] = PLAIN,
	["http-endpoint"] = PLAIN, ["quic-port"] = PLAIN, ["tls-ciphers"] = PLAIN, ["tls-ciphersuites"] = PLAIN,
}
local ANCHORS = { ["auto-trust-anchor-file"] = true, ["trust-anchor-file"] = true,
	["trust-anchor"] = true, ["trusted-keys-file"] = true }
-- Clauses that talk to what is not here.
local CLAUSES_OUT = {
	["remote-control"] = "the socket by which sigfault commands it",
	["auth-zone"] = "taken out: not all of its primaries are in this world; the zone is asked for as any other",
	["rpz"] = "taken out: nobody here has the policy's zone", ["python"] = "taken out", ["dynlib"] = "taken out",
	["dnscrypt"] = PLAIN, ["cachedb"] = "taken out: there is no database",
	["dnstap"] = "taken out: nobody reads it", ["ipset"] = "taken out",
}
-- Networks that this world's servers and names are in.
local WORLD = { ["198.18.0.0/15"] = true, ["fd00::/8"] = true, ["fc00::/7"] = true }
local MODULES_OUT = { python = true, dynlib = true, cachedb = true, ipset = true, ipsecmod = true }

-- "name: value" of a line without its comment; nil: it is something else.
local function parse(line)
	local code = line
	if not line:find '"' then
		code = line:match "^[^#]*"
	elseif line:match "^%s*#" then
		return nil
	end
	local name, value = code:match "^%s*([%w-]+):%s*(.-)%s*$"
	return name, value and (value:match '^"([^"]*)"' or value)
end

-- The lines of a text with their ends, so that they are byte for byte what they were.
local function each_line(text)
	return text:gmatch "([^\n]*\n?)"
end

-- One configuration in the making.
local Overlay = {}
Overlay.__index = Overlay

function Overlay:told(place, was, is)
	self.overrides[#self.overrides + 1] = { place = place, was = was, is = is }
end

-- A line becomes a comment: its number stays, so that the resolver's errors name the user's lines.
local function out(line)
	return "# sigfault: " .. line
end

-- The files of an include become copies beside it.
function Overlay:include(line, name, pattern, place)
	local found = self.config.include(pattern)
	local words = {}
	if #found == 0 and not pattern:find "[*?%[]" then
		self.error = self.error
			or ("%s: '%s' is not there: name the folder that has it, with the configuration at its top, as --config FOLDER"):format(
				place,
				pattern
			)
	end
	for _, file in ipairs(found) do
		self.includes = self.includes + 1
		local copy = ("include-%d.conf"):format(self.includes)
		self.copies[copy] = file.name
		words[#words + 1] = ('%s: "%s"'):format(name, copy)
		self.files[copy] = self:edit(file.text, file.name)
	end
	return (#words == 0 and out(line:match "[^\n]*") or table.concat(words, " ")) .. (line:match "\n" or "")
end

-- The servers that a clause forwards to or has a zone of, and whether all of them are in this world.
local function ends_here(config, block)
	local zone, to, all = "?", {}, true
	for _, line in ipairs(block) do
		local name, value = parse(line)
		if name == "name" then
			zone = value
		elseif name and (name:match "%-addr$" or name == "primary" or name == "master") then
			to[#to + 1] = value
			all = all and config.servers[value:match "^[^@#]*"]
		elseif name and (name:match "%-host$" or name == "url") then
			to[#to + 1] = value
			all = false
		end
	end
	return #to > 0 and all, zone, table.concat(to, ", ")
end

-- A clause other than `server:` with its block.
function Overlay:clause(name, block, place)
	local keep = true
	if name == "auth-zone" and ends_here(self.config, block) then
		keep = true
	elseif CLAUSES_OUT[name] then
		self:told(place, name .. ":", CLAUSES_OUT[name])
		keep = false
	elseif name == "forward-zone" or name == "stub-zone" then
		local here, zone, to = ends_here(self.config, block)
		keep = here
		if not keep then
			self:told(
				place,
				('%s "%s" to %s'):format(name, zone, to),
				"taken out: no such server is in this world; it resolves such names by itself"
			)
		end
	end
	local text = {}
	for i, line in ipairs(block) do
		local word = parse(line)
		local tls = word and word:match "tls%-upstream$" or word and word:match "ssl%-upstream$"
		if keep and tls then
			self:told(place, line:match "^%s*(.-)%s*$", PLAIN)
		end
		text[i] = (not keep or tls) and line:match "%S" and out(line) or line
	end
	return table.concat(text)
end

function Overlay:server_line(line, name, value, place)
	local instead = INSTEAD[name]
	if name == "private-address" or name == "do-not-query-address" then
		instead = WORLD[value] and "taken out: this world is in it" or nil
	elseif name == "module-config" then
		local words = {}
		for word in value:gmatch "%S+" do
			words[#words + 1] = not MODULES_OUT[word] and word or nil
		end
		self.modules = table.concat(words, " ")
		instead = self.modules ~= value and 'module-config: "' .. self.modules .. '"' or nil
	end
	self.anchored = self.anchored or ANCHORS[name]
	if instead then
		self:told(place, ("%s: %s"):format(name, value), instead)
		return out(line)
	end
	if not self.seen[name] then
		self.settings[#self.settings + 1] = { name = name, value = value, place = place }
		self.seen[name] = true
	end
	return self.without == name and out(line) or line
end

function Overlay:edit(text, file)
	local made, clause, block, begins, number = {}, self.clause_now or "server", nil, nil, 0
	local function finish()
		if block then
			made[#made + 1] = self:clause(clause, block, begins)
		end
		block = nil
	end
	for line in each_line(text) do
		number = number + 1
		local place = ("%s:%d"):format(file, number)
		local name, value = parse(line)
		if name == "include" or name == "include-toplevel" then
			finish()
			made[#made + 1] = self:include(line, name, value, place)
		elseif name and CLAUSES[name] then
			finish()
			clause, begins = name, place
			if name == "server" or name == "view" then
				made[#made + 1] = line
			else
				block = { line }
			end
		elseif block then
			block[#block + 1] = line
		elseif clause == "server" and name then
			made[#made + 1] = self:server_line(line, name, value, place)
		else
			made[#made + 1] = line
		end
	end
	finish()
	return table.concat(made)
end

-- What is laid over it stands last: of what may be told once, the last counts.
local function laid_over(subject, o)
	local modules = o.modules
	if subject.mitigation == "no-validation" then
		modules = (modules or "iterator"):gsub("validator%s*", "")
	end
	return "\n# What sigfault lays over it.\nserver:\n" .. held(subject) .. REACH .. interfaces(subject)
		.. (subject.options.threads and "    num-threads: " .. subject.options.threads .. "\n" or "")
		.. (o.anchored and anchor(subject) or "") .. (modules and '    module-config: "' .. modules .. '"\n' or "") .. behind(subject)
end

-- The user's file as it stands, but for what cannot hold in this world.
local function overlay(subject, config, files)
	local o = setmetatable({
		config = config, files = files, overrides = {}, notes = {}, settings = {}, seen = {}, includes = 0,
		copies = { ["unbound.conf"] = config.name }, without = subject.without,
	}, Overlay)
	local text = o:edit(config.text, config.name)
	files["unbound.conf"] = text .. laid_over(subject, o)
	if not o.anchored then
		o.notes[1] = "No trust anchor is in it: it does not validate."
	end
	return {
		error = o.error, files = files, overrides = o.overrides, notes = o.notes, copies = o.copies, settings = o.settings,
		without = o.without,
	}
end

local function control(subject, ...)
	return { subject.control, "-c", "unbound.conf", ... }
end

-- What its control program would say: starting that for each of many resolvers takes longer than the answer.
local function socket(command)
	return { file = "control.socket", say = "UBCT1 " .. command .. "\n", failed = "error" }
end

return {
	name = "unbound",
	title = "Unbound",
	default = true,
	program = "unbound",
	control = "unbound-control",
	package = "unbound",
	version = { arguments = { "-V" }, pattern = "^Version (%S+)" },

	configuration = "unbound.conf",
	files = function(subject)
		return {
			["unbound.conf"] = configuration(subject),
			["root.hints"] = subject.root_hints,
			["root.key"] = subject.root_key .. "\n",
		}
	end,
	overlay = overlay,
	forwards = true,
	transports = { dot = "", doh = "nghttp2" },
	start = function(subject)
		return { subject.program, "-d", "-p", "-c", "unbound.conf" }
	end,

	options = { threads = { about = "how many threads it answers with (num-threads)", most = 32 } },

	operations = {
		-- It takes hold when the zone's keys have left the key cache; a flush of the zone makes that at once.
		["nta"] = function(subject, zone)
			return { control(subject, "insecure_add", zone) }
		end,
		["nta-remove"] = function(subject, zone)
			return { control(subject, "insecure_remove", zone) }
		end,
		["flush"] = function(subject, zone)
			return { control(subject, "flush_zone", zone) }
		end,
		["flush-all"] = function(subject)
			return { control(subject, "flush_zone", ".") }
		end,
		["reload"] = function(subject)
			return { control(subject, "reload") }
		end,
		["validation-off"] = function(subject)
			return { control(subject, "set_option", "val-permissive-mode:", "yes"), control(subject, "flush_bogus") }
		end,
		["validation-on"] = function(subject)
			return { control(subject, "set_option", "val-permissive-mode:", "no") }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "stats_noreset")
		end,
		socket = socket "stats_noreset",
		-- Threads' own numbers are left out: the totals have them. Of the histogram only the mean and the median are kept.
		read = function(text)
			local counters = {}
			for name, value in text:gmatch("([%w._-]+)=(-?[%d.]+)\n") do
				if not name:match("^thread%d") and not name:match("^histogram") then
					counters[name] = tonumber(value)
				end
			end
			counters["request-list"] = counters["total.requestlist.current.all"]
			return counters
		end,
	},

	-- Of its first thread.
	requests = {
		command = function(subject)
			return control(subject, "dump_requestlist")
		end,
		socket = socket "dump_requestlist",
		read = function(text)
			local _, depth = text:gsub("\n%s*%d+ +%S+ +%S+ ", "")
			return depth
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when fresh ones can't be had (RFC 8767)" },
		["serve-stale-now"] = { about = "answers from expired records at once, and asks afterwards" },
		["prefetch"] = { about = "asks anew when a tenth of a record's time is left, and for keys early" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
		["long-denials"] = { about = "keeps for a day, and not an hour, that a name or a DS is not there" },
		["short-bogus"] = { about = "keeps for 5 seconds, and not a minute, that something was bogus" },
		["report-errors"] = { about = "tells the agent that a zone names what was wrong with it (RFC 9567)", versions = ">= 1.23" },
		["managed-anchor"] = { about = "follows the root's keys by itself (RFC 5011, auto-trust-anchor-file)" },
		["strict"] = { about = "wants a signature of each algorithm in the DS RRset, and keeps it as long as its TTL says" },
	},
}
