/* SPDX-License-Identifier: BSD-2-Clause */
/* evidence_json.h - what `triage --json` and `trace --json` have in common. */
#pragma once

#include "harness/evidence/evidence.h"
#include "harness/text/json_text.h"

json_t *evidence_files_json(const struct evidence *v);
json_t *evidence_finding_json(const struct evidence *v, const struct finding *f);
json_t *evidence_sighting_json(const struct evidence *v, const struct sighting *s);
json_t *evidence_server_json(const struct evidence *v, const struct address *a);
json_t *evidence_name_json(const uint8_t *name);
json_t *evidence_type_json(uint16_t type);

/* With nanoseconds, as captures have them: "2026-05-05T19:19:00.013000000Z". */
json_t *evidence_instant_json(simtime t);
