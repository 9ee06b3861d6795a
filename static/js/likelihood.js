/** Likelihood and loss are one: the mean cross-entropy is minus the mean logarithm of the likelihood. It knows no document. */

/** The loss of a row without its weight decay: the mean of −ln of the probability that each point's label is given. */
export function logLoss(trajectory, parameters, row, decay) {
  const loss = trajectory.columns.get("loss")[row];
  if (!decay) return loss;
  let square = 0;
  for (const name of parameters) square += trajectory.columns.get(name)[row] ** 2;
  return loss - (decay / 2) * square;
}
