//! Circles in a directed graph.

use std::collections::{BTreeSet, VecDeque};

use super::resolve::Dependency;

/// A strongly connected component of more than one node.
pub(super) struct Component {
    pub(super) nodes: Vec<usize>,
    /// The shortest circle through its first node, as the dependencies that close it.
    pub(super) circle: Vec<Dependency>,
}

pub(super) fn find(nodes: usize, dependencies: &[Dependency]) -> Vec<Component> {
    let mut seen = BTreeSet::new();
    let mut components = Vec::new();
    for start in 0..nodes {
        if seen.contains(&start) {
            continue;
        }
        if let Some(circle) = shortest_circle(start, dependencies) {
            let nodes = component(start, nodes, dependencies);
            seen.extend(nodes.iter().copied());
            components.push(Component { nodes, circle });
        }
    }
    components
}

/// Breadth-first from `start` back to `start`.
fn shortest_circle(start: usize, dependencies: &[Dependency]) -> Option<Vec<Dependency>> {
    let mut visited = BTreeSet::new();
    let mut queue = VecDeque::from([Vec::new()]);
    while let Some(path) = queue.pop_front() {
        let end = path.last().map_or(start, |last: &Dependency| last.to);
        for next in dependencies.iter().filter(|dependency| dependency.from == end) {
            let longer = [path.as_slice(), &[*next]].concat();
            if next.to == start {
                return Some(longer);
            }
            if visited.insert(next.to) {
                queue.push_back(longer);
            }
        }
    }
    None
}

/// All nodes that reach `start` and are reached from it.
fn component(start: usize, nodes: usize, dependencies: &[Dependency]) -> Vec<usize> {
    let from_start = reachable(start, dependencies);
    (0..nodes).filter(|node| from_start.contains(node) && reachable(*node, dependencies).contains(&start)).collect()
}

fn reachable(start: usize, dependencies: &[Dependency]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        for next in dependencies.iter().filter(|dependency| dependency.from == node) {
            if reached.insert(next.to) {
                open.push(next.to);
            }
        }
    }
    reached
}
