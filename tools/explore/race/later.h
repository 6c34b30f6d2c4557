/* SPDX-License-Identifier: GPL-2.0-only */
/* RCU callbacks of the race search, kernel world. */
#ifndef RACE_LATER_H
#define RACE_LATER_H

#include <linux/types.h>

#include "race.h"

struct task_struct;

void later_mode(enum race_rcu rcu);
struct task_struct *later_runs(void);
void later_quiescent(void);
void later_all(void);

/* for struct lk_hooks */
void later_reader(void);
void later_reader_ends(void);
void later_call(struct callback_head *head, rcu_callback_t func);
void later_barrier(void);

#endif /* RACE_LATER_H */
