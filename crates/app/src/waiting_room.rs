//! The waiting room: a guest sits down, a host lets them in or not, a guest goes.

use anteroom_domain::{ConsultationId, Notice, ParticipantId};

use crate::consultation_context::{self, Decision};
use crate::{Actor, App, Result, Standing};

/// A guest sits down in the waiting room.
pub async fn enter(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| {
        let knocked = scene.consultation.clone().knock(scene.me, scene.door(), scene.now)?;
        Ok(Decision::quiet(knocked))
    });
    Ok(Standing::of(&scene.await?))
}

/// A guest goes, from the waiting room or from the call.
pub async fn leave(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| {
        let left = scene.consultation.clone().leave(scene.me, scene.now)?;
        let removed = Notice::Removed { consultation: id, participant: scene.me };
        Ok(Decision { notices: vec![(removed, scene.now)], ..Decision::quiet(left) })
    });
    Ok(Standing::of(&scene.await?))
}

/// A host lets a waiting guest in.
pub async fn admit(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| {
        let admitted = scene.consultation.clone().admit(&scene.as_host()?, guest, scene.now)?;
        Ok(Decision::quiet(admitted))
    });
    Ok(Standing::of(&scene.await?))
}

/// A host asks a guest not to be here. Whoever is in the room already is taken out.
pub async fn decline(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| {
        let declined = scene.consultation.clone().decline(&scene.as_host()?, guest, scene.now)?;
        let removed = Notice::Removed { consultation: id, participant: guest };
        Ok(Decision { notices: vec![(removed, scene.now)], ..Decision::quiet(declined) })
    });
    Ok(Standing::of(&scene.await?))
}
