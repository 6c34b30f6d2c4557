/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remarks for the summary that belong to no case's verdict.
 */
#ifndef LIBKERN_NOTE_H
#define LIBKERN_NOTE_H

/**
 * lk_note() - say something in the machine-readable result
 * @key: what kind of remark, for instance "finding: NAME"
 * @text: the remark, for instance "not in this tree"
 *
 * Becomes one JSON line {"note": @key, "text": @text} and does not show in the
 * KTAP output. May be called whenever a suite runs, from any thread.
 */
void lk_note(const char *key, const char *text);

#endif /* LIBKERN_NOTE_H */
