/* examples/chip/learn_on.c: a device learns by a printed training step, and no library at all: C99                 make c
   The arena is all its memory, the sample what a sensor saw: ten times two numbers. main says what that takes, and the bits of
   what it has learnt: those of examples/chip/print_step.cpp on a computer. */
#include "step.c"
#include "sample.c"

enum { iterations = 200 };
static unsigned char arena[law_bytes];

int learn(void) {
    int k, status = law_begin(arena, sizeof arena);
    for (k = 0; k < iterations && status == law_ok; k++) status = law_train(arena, sample);
    return status;
}

#ifndef ALONE
void chip_say(const char *what, long a, long b);
long chip_instructions(void), chip_stack_used(void);

int main(void) {
    const unsigned char *byte = (const unsigned char *)law_weights(arena);
    uint32_t hash = 2166136261u; /* FNV-1a of the weights */
    long first, before;
    unsigned i;
    if (law_begin(arena, sizeof arena) != law_ok || law_train(arena, sample) != law_ok) return 1;
    first = (long)(1e6f * law_loss(arena));
    before = chip_instructions();
    if (learn() != law_ok) return 1;
    chip_say("instructions an iteration, stack", (chip_instructions() - before) / iterations, chip_stack_used());
    chip_say("loss x 10^6 at first, at last", first, (long)(1e6f * law_loss(arena)));
    for (i = 0; i < law_inputs * sizeof(real); i++) hash = (hash ^ byte[i]) * 16777619u;
    chip_say("hash of the weights", (long)(hash >> 16), (long)(hash & 0xffff));
    return 0;
}
#endif
