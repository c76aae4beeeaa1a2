-- SPDX-License-Identifier: BSD-2-Clause
-- A world of which nothing is known but its root: all else is in the capture.
local pcap = param("pcap", "")
scenario { name = "again", from = "2026-05-05T12:00Z", to = "+10m" }
local root = zone(".", { servers = { "198.18.0.1" } })
traffic { pcap = pcap, dnssec_ok = true }
