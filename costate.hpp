// costate.hpp — the whole library: #include "costate.hpp"
// A file that needs a part of it includes that part: "autodiff/derivatives/grad.hpp" compiles in half the time.
// One header alone for a project of your own, with the .cpp files in it: make single.
#pragma once

#if !defined(_MSC_VER) && __cplusplus < 202002L
#error "costate is written in C++20: compile with -std=c++20"
#else

// core: numbers, shapes, tensors, random numbers, files, errors; the kernels that operators are made of
#include "core/arena.hpp"
#include "core/denormals.hpp"
#include "core/elementary/elementary.hpp"
#include "core/elementary/in_c.hpp"
#include "core/error.hpp"
#include "core/files/file.hpp"
#include "core/files/npy.hpp"
#include "core/files/npz.hpp"
#include "core/files/tensor_file.hpp"
#include "core/indices.hpp"
#include "core/kernels/argmax.hpp"
#include "core/kernels/broadcast.hpp"
#include "core/kernels/combine.hpp"
#include "core/kernels/conv.hpp"
#include "core/kernels/gemm.hpp"
#include "core/kernels/interpolate.hpp"
#include "core/kernels/into.hpp"
#include "core/kernels/map.hpp"
#include "core/kernels/permute.hpp"
#include "core/kernels/reduce.hpp"
#include "core/kernels/spans.hpp"
#include "core/kernels/sum_rows.hpp"
#include "core/kernels/transpose.hpp"
#include "core/linspace.hpp"
#include "core/loops.hpp"
#include "core/nested.hpp"
#include "core/own_heap.hpp"
#include "core/random.hpp"
#include "core/real.hpp"
#include "core/rows.hpp"
#include "core/shape.hpp"
#include "core/small.hpp"
#include "core/smoothing_spline.hpp"
#include "core/stream.hpp"
#include "core/tensor.hpp"
#include "core/threads.hpp"
#include "core/width.hpp"

// autodiff: tapes and their operators, derivatives, programs, pictures; what an operator of one's own is made of
#include "autodiff/derivatives/check.hpp"
#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/pictures/drawing.hpp"
#include "autodiff/pictures/page.hpp"
#include "autodiff/pictures/picture.hpp"
#include "autodiff/print.hpp"
#include "autodiff/program/held_tables.hpp"
#include "autodiff/program/layout.hpp"
#include "autodiff/program/program.hpp"
#include "autodiff/program/statistics.hpp"
#include "autodiff/program/to_c.hpp"
#include "autodiff/program/to_tables.hpp"
#include "autodiff/program/workspace.hpp"
#include "autodiff/replay/replay.hpp"
#include "autodiff/replay/tables.hpp"
#include "autodiff/tape/c_code.hpp"
#include "autodiff/tape/evaluation.hpp"
#include "autodiff/tape/evaluator.hpp"
#include "autodiff/tape/numbers.hpp"
#include "autodiff/tape/operand.hpp"
#include "autodiff/tape/operator.hpp"
#include "autodiff/tape/parameter.hpp"
#include "autodiff/tape/registry.hpp"
#include "autodiff/tape/row_rules.hpp"
#include "autodiff/tape/tape.hpp"
#include "autodiff/tape/var.hpp"

// nn: modules, layers, losses, initialisers, minibatches
#include "nn/activations.hpp"
#include "nn/batches.hpp"
#include "nn/concat_squash.hpp"
#include "nn/conv.hpp"
#include "nn/evaluate.hpp"
#include "nn/group_norm.hpp"
#include "nn/init.hpp"
#include "nn/linear.hpp"
#include "nn/losses.hpp"
#include "nn/metrics.hpp"
#include "nn/mlp.hpp"
#include "nn/module.hpp"
#include "nn/pooling.hpp"
#include "nn/recurrent.hpp"
#include "nn/resnet.hpp"
#include "nn/sequential.hpp"
#include "nn/toy_densities.hpp"

// optim: optimisers, schedules, clipping, the training loop
#include "optim/adam.hpp"
#include "optim/checkpoint.hpp"
#include "optim/clip.hpp"
#include "optim/lbfgs.hpp"
#include "optim/least_squares.hpp"
#include "optim/line_search.hpp"
#include "optim/optimizer.hpp"
#include "optim/rmsprop.hpp"
#include "optim/schedule.hpp"
#include "optim/sgd.hpp"
#include "optim/stop.hpp"
#include "optim/to_c.hpp"
#include "optim/train.hpp"

// ode: methods, solves with and without a tape, neural ODEs as layers
#include "ode/dense_solution.hpp"
#include "ode/event.hpp"
#include "ode/events.hpp"
#include "ode/field.hpp"
#include "ode/halves.hpp"
#include "ode/jacobians.hpp"
#include "ode/landings.hpp"
#include "ode/method.hpp"
#include "ode/methods.hpp"
#include "ode/methods/asynchronous_leapfrog.hpp"
#include "ode/methods/doubling.hpp"
#include "ode/methods/reversible_heun.hpp"
#include "ode/methods/stage_behind.hpp"
#include "ode/models/collocation.hpp"
#include "ode/models/flow.hpp"
#include "ode/models/flow_matching.hpp"
#include "ode/models/growing_horizon.hpp"
#include "ode/models/latent_ode.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/models/shooting.hpp"
#include "ode/multistep/multistep.hpp"
#include "ode/multistep/nordsieck.hpp"
#include "ode/multistep/nordsieck_in_vars.hpp"
#include "ode/plain.hpp"
#include "ode/preconditioner.hpp"
#include "ode/replay/solve.hpp"
#include "ode/routes.hpp"
#include "ode/sensitivities.hpp"
#include "ode/short_list.hpp"
#include "ode/solution.hpp"
#include "ode/solve.hpp"
#include "ode/solve/in_tables.hpp"
#include "ode/solve_options.hpp"
#include "ode/start.hpp"
#include "ode/statistics.hpp"
#include "ode/steady_state.hpp"
#include "ode/step_control.hpp"
#include "ode/stepper.hpp"
#include "ode/stochastic/brownian.hpp"
#include "ode/stochastic/sde.hpp"
#include "ode/stochastic/sde_methods.hpp"
#include "ode/switching/automatic.hpp"
#include "ode/switching/automatic_in_vars.hpp"
#include "ode/symplectic.hpp"
#include "ode/tables/additive.hpp"
#include "ode/tables/rosenbrock.hpp"
#include "ode/tables/tableau.hpp"
#include "ode/tables/trees.hpp"
#include "ode/times.hpp"
#include "ode/tolerance.hpp"
#endif

// Internal: what only the library's own files ask for, or what one of those above brings. make lines holds this list and
// the one above against the folders: a header stands in one of them.
//   core/complex_lu.hpp  core/elementary/atan.hpp  core/elementary/bits.hpp  core/elementary/c_text.hpp
//   core/elementary/erf.hpp  core/elementary/exp.hpp  core/elementary/far_angle.hpp  core/elementary/log.hpp
//   core/elementary/pow.hpp  core/elementary/trig.hpp  core/files/bytes.hpp  core/files/npy_array.hpp
//   core/files/zip.hpp  core/gmres.hpp  core/kernels/dots.hpp  core/kernels/fold_layout.hpp
//   core/kernels/gemm_tile.hpp  core/kernels/gemm_untiled.hpp  core/kernels/nest.hpp  core/kernels/register_tile.hpp
//   core/kernels/scratch.hpp  core/kernels/simd.hpp  core/lu.hpp  core/scale.hpp  core/scrambled.hpp
//   autodiff/derivatives/lent.hpp  autodiff/derivatives/marks.hpp  autodiff/derivatives/walk.hpp
//   autodiff/operators/affine.hpp  autodiff/operators/binary.hpp  autodiff/operators/compiled.hpp
//   autodiff/operators/conv.hpp  autodiff/operators/elementwise.hpp  autodiff/operators/folding.hpp
//   autodiff/operators/interp.hpp  autodiff/operators/linear.hpp  autodiff/operators/mapped.hpp
//   autodiff/operators/matmul.hpp  autodiff/operators/printed.hpp  autodiff/operators/product_then.hpp
//   autodiff/operators/reductions.hpp  autodiff/operators/shaping.hpp  autodiff/pictures/graph.hpp
//   autodiff/pictures/layers.hpp  autodiff/pictures/stage.hpp  autodiff/pictures/walks.hpp
//   autodiff/program/c_names.hpp  autodiff/program/c_places.hpp  autodiff/program/c_printer.hpp
//   autodiff/program/compiling.hpp  autodiff/tape/index_table.hpp  autodiff/tape/living.hpp  optim/c_texts.hpp
//   optim/fitter.hpp  optim/law_in_c.hpp  optim/levenberg.hpp  optim/qr.hpp  ode/batch/batch_in_numbers.hpp
//   ode/batch/curve.hpp  ode/batch/gauss.hpp  ode/batch/live_rows.hpp  ode/batch/own_rows.hpp
//   ode/batch/quadrature.hpp  ode/batch/row_additive.hpp  ode/batch/row_equations.hpp  ode/batch/row_jacobians.hpp
//   ode/batch/row_mass.hpp  ode/batch/row_rosenbrock.hpp  ode/batch/stage_solver.hpp  ode/batch/stages.hpp
//   ode/batch/tiles.hpp  ode/events/called.hpp  ode/events/crossing.hpp  ode/events/gathered.hpp
//   ode/events/of_row.hpp  ode/events/own_rows.hpp  ode/events/rows_on_numbers.hpp  ode/events/stretch.hpp
//   ode/events/watch.hpp  ode/exact_orders.hpp  ode/field/plan.hpp  ode/field/programs.hpp  ode/field/record.hpp
//   ode/field/recording.hpp  ode/gradients/backward_walk.hpp  ode/gradients/checkpoints.hpp  ode/gradients/direct.hpp
//   ode/gradients/direct_equations.hpp  ode/gradients/known_steps.hpp  ode/gradients/own_sweep.hpp
//   ode/gradients/paired_steps.hpp  ode/gradients/pull.hpp  ode/gradients/reverse_sweep.hpp  ode/gradients/states.hpp
//   ode/gradients/tangents.hpp  ode/gradients/transposed_step.hpp  ode/is_stable.hpp
//   ode/multistep/nordsieck_adjoint.hpp  ode/multistep/nordsieck_numbers.hpp  ode/named.hpp
//   ode/solve/forward_solve.hpp  ode/solve/operator.hpp  ode/solve/printed_steps.hpp  ode/solve/segment.hpp
//   ode/solve/sums_in_c.hpp  ode/steps/any_field.hpp  ode/steps/check.hpp  ode/steps/clock.hpp  ode/steps/colours.hpp
//   ode/steps/complaint.hpp  ode/steps/corrector.hpp  ode/steps/differences.hpp  ode/steps/direction.hpp
//   ode/steps/driver.hpp  ode/steps/equations.hpp  ode/steps/growth.hpp  ode/steps/interval.hpp  ode/steps/loop.hpp
//   ode/steps/many.hpp  ode/steps/mass.hpp  ode/steps/measure.hpp  ode/steps/multistep_formulas.hpp
//   ode/steps/newton.hpp  ode/steps/nordsieck_array.hpp  ode/steps/numbers.hpp  ode/steps/observations.hpp
//   ode/steps/order_choice.hpp  ode/steps/outcome.hpp  ode/steps/stage_factors.hpp  ode/steps/stage_matrix.hpp
//   ode/steps/step_times.hpp  ode/steps/stiffness.hpp  ode/steps/table.hpp  ode/steps/walk.hpp
//   ode/switching/automatic_turns.hpp  ode/switching/switching.hpp  ode/tables/decoupling.hpp
//   ode/tables/dense_output.hpp  ode/tables/dop853.hpp  ode/tables/fifth.hpp  ode/tables/high.hpp
//   ode/tables/implicit.hpp  ode/tables/kencarp.hpp  ode/tables/low.hpp  ode/tables/radau.hpp  ode/tables/rodas.hpp
