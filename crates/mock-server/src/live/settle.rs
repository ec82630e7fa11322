//! A selector in a message: the session moves to the lane that it names.

use super::Live;
use crate::fault::{OrderError, Plan, Start};
use crate::lane;
use crate::scenario::ScenarioError;
use crate::selector::{self, Selector, SelectorError};

/// The close code of a message whose selector cannot be followed.
pub(super) const POLICY: u16 = 1008;

/// Why a selector in a message cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsettled {
    #[error("{0}")]
    Selector(#[from] SelectorError),
    #[error("{0}")]
    Lane(#[from] lane::NoLaneLeft),
    #[error("{0}")]
    Fault(#[from] OrderError),
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
}

impl Live<'_> {
    /// Moves to the lane that a credential in this message names, before anything of the
    /// message is remembered.
    pub(super) fn settle_lane(&mut self, credentials: &[String]) -> Result<(), Unsettled> {
        if self.is_settled {
            return Ok(());
        }
        let mut found = Selector::default();
        for selector in credentials
            .iter()
            .filter_map(|it| selector::in_credential(it))
        {
            self.is_settled = true;
            found = found.or(selector?);
        }
        if !self.is_settled {
            return Ok(());
        }
        let chosen = match self.around.chosen.as_deref() {
            Some(chosen) => chosen.first.clone().or(found).or(chosen.query.clone()),
            None => found,
        };
        let name = chosen.lane.as_deref().unwrap_or(lane::DEFAULT);
        let lane = self.around.lanes.enter(name)?;
        let rule = lane.rule();
        let seed = chosen.seed.or(rule.seed).unwrap_or(self.around.seed);
        let scenario = chosen.scenario.or(rule.scenario);
        let text = scenario.or_else(|| self.around.scenario.map(str::to_owned));
        let scenario = text.as_ref().map(|text| self.around.library.find(text));
        let scenario = scenario.transpose()?.unwrap_or_default();
        lane.expect(&scenario);
        if lane.name != self.around.lane.name {
            let now = self.around.clock.now();
            self.around.lane.attempts().take(self.around.connection);
            self.around.connection = lane.connect(now);
            let connection = self.around.connection;
            self.around.recorder.move_to(&lane, connection, text);
            self.around.lane = lane;
        }
        let around = &self.around;
        let plan = Plan::new(
            scenario.orders(),
            around.endpoint,
            &around.lane,
            around.connection,
            seed,
        )?;
        self.arm(plan, Start::Message);
        Ok(())
    }
}
