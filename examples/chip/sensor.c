// examples/chip/sensor.c — the program in a device that learns on what it sees: C99, law.c and nothing else
// Samples come from stdin where a device has a sensor, and what it has learnt goes to stdout where a device uses it: so
// examples/chapters/chip.cpp runs it. After the 25th sample the power fails.
#include <stdio.h>
// [device]
#include "law.c"

static unsigned char arena[law_bytes];     // all the memory that learning takes
static unsigned char flash[law_kept];      // stands for a page of the chip's flash

int on_power(int first_time) {
    if (first_time) return law_begin(arena, sizeof arena);  // as it was on the laptop
    return law_load(arena, sizeof arena, flash);            // or as it was saved
}

int on_sample(const real *sample, int n) {
    const int status = law_train(arena, sample);            // a bad sample: a status, and nothing has changed
    if (n % 10 == 0) law_save(arena, flash);
    return status;
}

int on_question(const real *z, real *slope) {
    return law_f(arena, z, slope);                          // z' there, by what has been learnt so far
}
// [/device]

int main(void) {
    const real state[] = {2, 0};
    real sample[law_samples], slope[2];
    int n = 0;
    if (on_power(1) != law_ok) return 1;
    while (fread(sample, sizeof(real), law_samples, stdin) == law_samples) {
        if (on_sample(sample, ++n) != law_ok) return 2;
        if (n == 25) {
            memset(arena, 0, sizeof arena);
            if (on_power(0) != law_ok) return 3;
        }
    }
    if (on_question(state, slope) != law_ok) return 4;
    fwrite(law_weights(arena), sizeof(real), law_inputs, stdout);
    fwrite(slope, sizeof(real), 2, stdout);
    return 0;
}
