// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/cross_reading.h"
#include "snapshot_io/part.h"

// The cross-reading. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<IptablesReader> auto& reader) {
  archive("label", reader.label);
  archive("places", reader.places);
  archive("path", reader.path);
  archive("version", reader.version);
  archive("device", reader.device);
  archive("inode", reader.inode);
}

void describe(auto& archive, PartIs<SaveRun> auto& run) {
  archive("outcome", run.outcome);
  archive("detail", run.detail);
  archive("text", run.text);
}

void describe(auto& archive, PartIs<FamilyReading::Alone> auto& alone) {
  archive("table", alone.table);
  archive("shape", alone.shape);
  archive("run", alone.run);
}

void describe(auto& archive, PartIs<FamilyReading> auto& reading) {
  archive("family", reading.family);
  archive("whole", reading.whole);
  archive("alone", reading.alone);
}

void describe(auto& archive, PartIs<BugProbe> auto& probe) {
  archive("bug", probe.bug);
  archive("outcome", probe.outcome);
  archive("detail", probe.detail);
}

void describe(auto& archive, PartIs<ReaderReadings> auto& readings) {
  archive("reader", readings.reader);
  archive("families", readings.families);
  archive("bugs", readings.bugs);
}

void describe(auto& archive, PartIs<LegacyTrial> auto& trial) {
  archive("program", trial.program);
  archive("bugs", trial.bugs);
}

void describe(auto& archive, PartIs<SetAside> auto& aside) {
  archive("family", aside.family);
  archive("table", aside.table);
  archive("shape", aside.shape);
  archive("reason", aside.reason);
}

void describe(auto& archive, PartIs<CrossReading> auto& reading) {
  archive("skipped", reading.skipped);
  archive("readers", reading.readers);
  archive("setAside", reading.set_aside);
  archive("legacyTrials", Later{reading.legacy});
}

}  // namespace iptmode::snapshot_io
