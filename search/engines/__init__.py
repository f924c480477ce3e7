"""Engines that hold documents and answer queries; all of them pass the same contract suite."""
